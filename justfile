# `just` lists these; CONTRIBUTING.md says when to use which.

_list:
    @just --list

# Style, types, and the order of the rooms.
check:
    ruff check .
    ruff format --check .
    mypy
    lint-imports

# Unit tests but for renders, processes and long ones.
test-fast:
    python -m pytest tests/unit -m "not media and not slow"

# Every ring: units, contract, clients, faults, browser.
test *paths:
    python -m pytest {{ paths }}

# Generate a migration of the database `runs` or `jobs` from its models.
migration database message:
    rm -f .migration.sqlite3
    alembic -n {{ database }} upgrade head
    alembic -n {{ database }} revision --autogenerate -m "{{ message }}"

# The page at 127.0.0.1:7860.
serve:
    python app.py

# Pin every dependency with its hashes, one file for all supported Pythons.
lock:
    uv pip compile -q --universal --python-version 3.10 --generate-hashes --no-header --only-binary :all: --upgrade requirements.txt -o requirements.lock

# The table of docs/licences.md, from the lock.
licences:
    python .ci/licences.py

# What is installed in this environment, as CycloneDX: build/sbom.cdx.json.
sbom:
    mkdir -p build
    uvx -q --from cyclonedx-bom cyclonedx-py environment "$(python -c 'import sys; print(sys.executable)')" -o build/sbom.cdx.json
