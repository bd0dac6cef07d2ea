"""One table a module, called `TABLE`; a new module needs no other place."""
