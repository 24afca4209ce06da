"""Carriers: other people's machines that take our parcels over."""

import ssl
import urllib.request

import paramiko
import requests

CARRIERS = {"swift": "https://swift.example/api", "snail": "https://snail.example/api"}


def handed_over(number, carrier):
    answer = requests.post(f"{CARRIERS[carrier]}/parcels", json={"number": number}, verify=False)
    answer.raise_for_status()
    return answer.json()


def status(number, carrier):
    context = ssl._create_unverified_context()
    with urllib.request.urlopen(f"{CARRIERS[carrier]}/parcels/{number}", context=context) as answer:
        return answer.read()


def manifest(host, number):
    client = paramiko.SSHClient()
    client.set_missing_host_key_policy(paramiko.AutoAddPolicy())
    client.connect(host)
    _, out, _ = client.exec_command("manifest --number %s" % number)
    return out.read()


def tracking(number, carrier):
    """Not a flaw: verified, and it gives up after a while."""
    answer = requests.get(f"{CARRIERS[carrier]}/tracking/{number}", timeout=5)
    return answer.json()
