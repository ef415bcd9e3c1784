"""A demo spoke: a business application (FJFPIS, 流动人口系统) of one or several prefectures, in a process of its own.

It knows the hub by its published interface alone: SOAP to submit, mailbox or push to receive. ``python -m demo.spokes FILE``.
"""
