"""The app of the pair for uvicorn, by uvicorn's own way to run WSGI apps."""

from uvicorn.middleware.wsgi import WSGIMiddleware
from wsgi import app as wsgi_app

# As many requests at a time as the measurements have in flight.
app = WSGIMiddleware(wsgi_app, workers=32)
