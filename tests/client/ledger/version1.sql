-- A ledger as the first version wrote it, after a finished request and one that is open.
CREATE TABLE creates (
    id INTEGER NOT NULL, base_url TEXT NOT NULL, "key" TEXT NOT NULL, number INTEGER NOT NULL,
    total INTEGER NOT NULL, gateway TEXT NOT NULL, model TEXT NOT NULL, fields JSON NOT NULL,
    pictures INTEGER NOT NULL, tag TEXT, batch TEXT NOT NULL, job_id TEXT NOT NULL,
    state TEXT NOT NULL, attempt INTEGER NOT NULL, task_id TEXT, seed TEXT, urls JSON NOT NULL,
    paths JSON NOT NULL, estimate FLOAT, charged FLOAT, reason TEXT, started TEXT NOT NULL,
    PRIMARY KEY (id), UNIQUE (base_url, "key", number)
);
CREATE INDEX creates_by_state ON creates (state, charged, estimate);
CREATE INDEX creates_by_task ON creates (task_id);
CREATE INDEX ix_creates_job_id ON creates (job_id);
INSERT INTO creates VALUES (
    1, 'https://api.kie.ai', 'job 32a0178821f8df6f', 1, 1, 'kie', 'google/imagen4',
    '{"prompt": "a fox"}', 1, NULL, '', '32a0178821f8df6f', 'succeeded', 1, 't1', NULL,
    '["https://files.example/t1.png"]', '{}', 8.0, NULL, NULL, '2026-11-29T22:56:50+00:00'
);
INSERT INTO creates VALUES (
    2, 'https://api.kie.ai', 'job d873bf54557a143c', 1, 1, 'kie', 'google/imagen4',
    '{"prompt": "a bear"}', 1, NULL, '', 'd873bf54557a143c', 'created', 1, 't2', NULL,
    '[]', '{}', 8.0, NULL, NULL, '2026-11-29T22:56:50+00:00'
);
CREATE TABLE imagen4_ledger (id INTEGER NOT NULL, version INTEGER NOT NULL, PRIMARY KEY (id));
INSERT INTO imagen4_ledger VALUES (1, 1);
