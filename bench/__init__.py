"""How fast Gaita is against a bare page under the same server: `make bench`, or `python -m bench --help`."""
