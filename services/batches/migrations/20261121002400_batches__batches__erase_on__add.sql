-- When a batch is removed because its school keeps batches no longer: announced seven days before.
alter table batches.batches add column erase_on timestamptz;
create index on batches.batches (erase_on) where erase_on is not null;
