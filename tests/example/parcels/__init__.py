"""Parcels: where is what somebody sent?"""
