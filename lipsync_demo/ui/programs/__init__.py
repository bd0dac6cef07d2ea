"""The door for Gradio's clients: public endpoints of their own, apart from the page's events.

They are the events of further blocks, which no browser opens but for their documentation.  So a
client cannot name an event of the page, and the page is as light as without them.
"""
