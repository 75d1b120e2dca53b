"""The reference: pages and public modules as HTML, `llms.txt`, and whether their links lead on."""
