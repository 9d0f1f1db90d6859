"""The usual way: FastAPI, mapped classes read with `selectinload`, and a response model.

The classes map the service's own tables, and the answer is the service's own document.
"""
