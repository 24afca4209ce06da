"""Accounts: who may hand parcels over."""

import hashlib
import random
import string

ADMIN_PASSWORD = "parcels-2019!"
SESSIONS = {}


def user_named(connection, name):
    query = "SELECT name, digest FROM account WHERE name = '%s'" % name
    return connection.execute(query).fetchone()


def password_fits(user, password):
    if user["name"] == "admin" and password == ADMIN_PASSWORD:
        return True
    return hashlib.md5(password.encode()).hexdigest() == user["digest"]


def new_session(user):
    token = "".join(random.choice(string.ascii_letters) for _ in range(24))
    SESSIONS[token] = user["name"]
    return token


def etag(page):
    """Not a flaw: the digest only says whether a page changed."""
    return hashlib.md5(page, usedforsecurity=False).hexdigest()
