-- Asked by each request that names an essay.
create index on files.uploads (essay_id) where essay_id is not null;
