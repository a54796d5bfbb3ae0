"""The child process that opens what strangers sent: decoders only, nothing of the product.

It is started as `python -m jobs.decode FOLDER`, with an empty environment, in a folder of its
own that holds the file as `original` and the order as `order.json`; see `__main__`.
"""
