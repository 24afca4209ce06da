"""The analysis of a text: what is known of it, who is asked, and how it is opened and advanced."""
