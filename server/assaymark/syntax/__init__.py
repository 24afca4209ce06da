"""Floor 1: languages, trees and what names mean."""
