DROP TABLE blocklist_lines;
DROP TABLE blocklists;
