"""What Herogate decides: how apps and spaces come to be, change and go.

One module per noun, met on `Platform`. Nothing here prints, asks, or knows where the AWS endpoint is;
work that takes AWS a while is handed back as `Work`, to be followed or left alone.
"""
