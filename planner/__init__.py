"""Plan IPsec-VPN attachments on transit routers: quota verdict, cost forecast, workbook and charts."""

__version__ = "0.1.0"
