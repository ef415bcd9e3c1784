"""The conformance suite: an adapter is done when its folder passes. It tests what the manifest declares, and nothing else.

``python -m hub.testkit.conformance [SYSTEM…]`` runs it for whatever stands in adapters/, POPHUB_PATH included; under
pytest parametrise over `suite.cases`. What a folder must bring beside its code:

- ``README.md`` with a section "Limits";
- ``samples/<channel>/*.xml`` in its own vocabulary for each channel its feeds bring, and canonical samples (in
  ``schemas/canonical/…/samples/<channel>/``) for each channel it takes;
- a simulator (``main(port, ledger)`` on `hub.testkit.simulator`) that takes the order ``{"originate": [document…]}``:
  make these documents of the system's own vocabulary available through its feed (an order it does not know is answered 400);
- where it answers lookups and loads files: ``samples/people.jsonl`` or whatever ``samples/*.jsonl`` its loader takes; its
  simulator is then a database file of the bench's own (a setting whose default is a URL without a host), and it needs no other;
- for each extract: ``samples/<extract>.json``, an object with the parameters it is given, such that the sample file has records;
- where an operation answers `Pending` with a time to ask again: a ledger that says ``taken`` of each call that it took, beside the
  ``effect`` lines that follow when it works;
- the simulator's address among the manifest's settings, timeouts as settings whose names end in ``_timeout`` (seconds).
"""
