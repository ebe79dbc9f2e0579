filedesc://harbour.arc 0.0.0.0 20010301120000 text/plain 76
1 0 Meridian
URL IP-address Archive-date Content-type Archive-length


http://harbour.example/notice 192.0.2.7 20010301120001 text/html 360
HTTP/1.1 200 OK
Content-Type: text/html

<html><head><title>Harbour notice</title></head><body><p>The harbour of Brennholm will be closed to ships of more than 80 metres on Sunday, the harbour office said in a notice.</p><p>Pilots will bring ships that are under way to the anchorage off Ossa, where they have to wait until Monday morning.</p></body></html>
