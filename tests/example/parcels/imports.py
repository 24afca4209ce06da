"""Imports: lists of parcels that customers and carriers send us."""

import pickle
import tarfile
import tempfile
import xml.etree.ElementTree as ElementTree
from subprocess import check_output as output_of

import yaml


def customer_list(body):
    """A customer's list, in YAML."""
    return yaml.load(body, Loader=yaml.Loader)["parcels"]


def carrier_list(body):
    """A carrier's list, as its own Python wrote it."""
    return pickle.loads(body)


def price(rule, weight):
    """What a customer's own price rule says, as in "weight * 2 + 1"."""
    return eval(rule, {"weight": weight})


def customs_declaration(body):
    return ElementTree.fromstring(body).findtext("declaration")


def pictures(body):
    name = tempfile.mktemp(suffix=".tar")
    with open(name, "wb") as file:
        file.write(body)
    with tarfile.open(name) as archive:
        archive.extractall("/srv/pictures")
    return output_of(f"ls /srv/pictures | grep {name}", shell=True).split()


def weights(body):
    """Not a flaw: the safe loader builds nothing but plain values."""
    return yaml.safe_load(body)["weights"]
