"""Files in and out, one module a format. Readers yield items as they read; writers take them one by one."""
