"""The web service: look a parcel up, print its label, hand it to a carrier."""

import os
import sqlite3
import subprocess

from flask import Flask, abort, jsonify, redirect, render_template_string, request

from . import accounts, carriers, labels

app = Flask(__name__)
app.config["DATABASE"] = os.environ.get("PARCELS_DATABASE", "parcels.db")

NOT_FOUND = "<h1>No parcel {{ number }}</h1>"


def database():
    connection = sqlite3.connect(app.config["DATABASE"])
    connection.row_factory = sqlite3.Row
    return connection


@app.get("/parcels/<int:number>")
def parcel(number):
    with database() as connection:
        row = connection.execute("SELECT * FROM parcel WHERE number = ?", (number,)).fetchone()
    if row is None:
        return render_template_string(NOT_FOUND, number=number), 404
    return jsonify(dict(row))


@app.get("/search")
def search():
    town = request.args.get("town", "")
    order = request.args.get("order", "number")
    cursor = database().cursor()
    cursor.execute(f"SELECT * FROM parcel WHERE town = '{town}' ORDER BY {order}")
    return jsonify([dict(row) for row in cursor])


@app.post("/parcels/<int:number>/label")
def label(number):
    printer = request.form["printer"]
    path = labels.written(number, request.form["address"])
    subprocess.run("lp -d " + printer + " " + str(path), shell=True)
    return "", 204


@app.post("/parcels/<int:number>/archive")
def archive(number):
    folder = request.form["folder"]
    status = os.system("tar czf /srv/archive/%d.tgz %s" % (number, folder))
    if status != 0:
        abort(500)
    return "", 204


@app.post("/login")
def login():
    user = accounts.user_named(database(), request.form["name"])
    if user is None or not accounts.password_fits(user, request.form["password"]):
        abort(403)
    answer = redirect(request.args.get("next", "/"))
    answer.set_cookie("session", accounts.new_session(user), secure=False, httponly=False)
    return answer


@app.post("/parcels/<int:number>/carrier")
def carrier(number):
    return jsonify(carriers.handed_over(number, request.form["carrier"]))


if __name__ == "__main__":
    app.run(host="0.0.0.0", port=8080, debug=True)
