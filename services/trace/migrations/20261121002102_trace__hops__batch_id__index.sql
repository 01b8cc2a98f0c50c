-- The hops of a batch go with it when it is erased.
create index on trace.hops (batch_id) where batch_id is not null;
