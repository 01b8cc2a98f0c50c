/** A rule in words, and a statement whose rows are its violations, each one text called `what`. */
export interface Invariant {
  id: string
  rule: string
  rows: string
}

const data = (name: string): string => `(payload->'data'->>'${name}')`
/** The log keeps what happened to an erased batch; of everything else nothing is left. */
const notErased = (key: string): string =>
  `${key} not in (select key from bus.events where type = 'batches.batch-erased')`

/** What holds in every snapshot, also in the middle of work. */
export const always = (stuckSeconds: number): Invariant[] => [
  {
    id: 'I1',
    rule: 'a file settles within its deadline',
    rows: `select file_upload_id || ' is ' || state || ' since ' || received_at as what from files.uploads
      where state in ('received', 'reading') and received_at < now() - make_interval(secs => ${stuckSeconds})`,
  },
  {
    id: 'I1',
    rule: 'a file has what its state says: a text, a slot, or a reason and a remedy',
    rows: `select file_upload_id || ' is ' || state as what from files.uploads u
      where (state in ('in-slot', 'waiting-for-slot') and not exists (
          select from files.texts t where t.school_id = u.school_id and t.text_hash = u.text_hash))
        or (state = 'in-slot') and (slot is null or essay_id is null)
        or (state in ('received', 'reading', 'waiting-for-slot', 'rejected') and (slot is not null or essay_id is not null))
        or (state = 'rejected') <> (error is not null) and state <> 'removed'
        or error is not null and (coalesce(error->>'code', '') = '' or coalesce(error->>'message', '') = '' or coalesce(error->>'remedy', '') = '')`,
  },
  {
    id: 'I1',
    rule: 'every file was announced on the log exactly once',
    rows: `select u.file_upload_id || ' has ' || count(e.seq) || ' files.file-received' as what
      from files.uploads u left join bus.events e on e.file_upload_id = u.file_upload_id and e.type = 'files.file-received'
      group by u.file_upload_id having count(e.seq) <> 1`,
  },
  {
    id: 'I2',
    rule: 'received = reading + in slots + waiting + rejected + removed',
    rows: `select batch_id || ' has ' || count(*) || ' files' as what from files.uploads group by batch_id
      having count(*) <> count(*) filter (where state in ('received', 'reading')) + count(*) filter (where state = 'in-slot')
        + count(*) filter (where state = 'waiting-for-slot') + count(*) filter (where state = 'rejected')
        + count(*) filter (where state = 'removed')`,
  },
  ...slots,
  {
    id: 'I5',
    rule: 'no event was put aside',
    rows: `select subscription || ' gave up on ' || type || ' ' || seq || ': ' || error as what from bus.dead_letters`,
  },
  {
    id: 'I5',
    rule: 'the trace has handled every event before its position once',
    rows: `select coalesce(e.seq, h.seq) || ' ' || coalesce(e.type, h.type) || case when e.seq is null then ' is no event' else ' has no hop' end as what
      from (select seq, type, id from bus.events where seq <= (select position from bus.subscriptions where name = 'trace') and ${notErased('key')}) e
      full join (select * from trace.hops where ${notErased('batch_id::text')}) h on h.seq = e.seq and h.event_id = e.id where e.seq is null or h.seq is null`,
  },
  {
    id: 'I5',
    rule: 'an event has one place, and comes after its cause',
    rows: `select e.type || ' ' || e.seq || ' is caused by ' || coalesce(c.seq::text, 'nothing on the log') as what
      from bus.events e left join bus.events c on c.id = (e.payload->>'causationId')::uuid
      where e.payload->>'causationId' is not null and (c.seq is null or c.seq >= e.seq)
      union all select id || ' has ' || count(*) || ' places' from bus.events group by id having count(*) > 1`,
  },
  ...runs,
  {
    id: 'I8',
    rule: 'an answer that is kept for a retry names files that exist',
    rows: `select k.path || ' ' || (item->>'fileUploadId') as what from http.idempotency_keys k,
        jsonb_array_elements(case when jsonb_typeof(k.body::jsonb->'items') = 'array' then k.body::jsonb->'items' else '[]' end) item
      where not exists (select from files.uploads u where u.file_upload_id = (item->>'fileUploadId')::uuid)`,
  },
]

const slots: Invariant[] = [
  {
    id: 'I3',
    rule: 'a file is in one slot at most',
    rows: `select file_upload_id || ' is in ' || count(*) || ' slots' as what from essays.slots
      where file_upload_id is not null group by file_upload_id having count(*) > 1`,
  },
  {
    id: 'I3',
    rule: 'a slot is whole or free, and nobody in a slot waits for one',
    rows: `select batch_id || ' slot ' || number as what from essays.slots
      where (file_upload_id is null) <> (essay_id is null) or (file_upload_id is null) <> (text_hash is null)
        or file_upload_id is null and reserved_until is not null
      union all select w.file_upload_id || ' waits and has slot ' || s.number
      from essays.waiting w join essays.slots s using (file_upload_id)`,
  },
  {
    id: 'I3',
    rule: 'a batch with a capacity has exactly that many slots',
    rows: `select b.batch_id || ' has ' || count(s.number) || ' of ' || b.capacity as what from essays.batches b
      left join essays.slots s using (batch_id) where b.capacity is not null group by b.batch_id having count(s.number) <> b.capacity`,
  },
  {
    id: 'I3',
    rule: 'an essay id belongs to one occupancy of one slot by one file',
    rows: `select ${data('essayId')} || ' was given to ' || count(distinct file_upload_id) || ' files and '
        || count(distinct ${data('slot')}) || ' slots' as what from bus.events where type = 'essays.slot-assigned'
      group by ${data('essayId')} having count(distinct (file_upload_id, ${data('slot')})) > 1`,
  },
  // Occupancies in the order of the log: between two of the same slot, or of the same file, the first was freed.
  ...(['slot', 'file'] as const).map((each): Invariant => ({
    id: 'I3',
    rule: `in its whole life a ${each} has one occupancy at a time`,
    rows: `select ${each} || ' passed from essay ' || coalesce(before_essay, '?') || ' to ' || essay || ' at ' || seq || ' without being freed' as what
      from (select *, lag(type) over w as before_type, lag(essay) over w as before_essay from (
          select seq, type, ${data('essayId')} as essay, key || ' ' || ${data('slot')} as slot, file_upload_id::text as file
          from bus.events where type in ('essays.slot-assigned', 'essays.slot-freed')) o
        window w as (partition by ${each} order by seq)) p
      where type = 'essays.slot-assigned' and before_type = 'essays.slot-assigned' and before_essay <> essay`,
  })),
  {
    id: 'I3',
    rule: 'the slots hold what the log says',
    rows: `select coalesce(s.batch_id || ' slot ' || s.number, l.place) || ' holds ' || coalesce(s.essay_id::text, 'nothing')
        || ', the log says ' || coalesce(l.essay, 'nothing') as what
      from (select * from essays.slots where file_upload_id is not null) s
      full join (select distinct on (key, ${data('slot')}) key || ' slot ' || ${data('slot')} as place, key, ${data('slot')} as slot,
          type, ${data('essayId')} as essay from bus.events
          where type in ('essays.slot-assigned', 'essays.slot-freed') and ${notErased('key')} order by key, ${data('slot')}, seq desc) l
        on l.key = s.batch_id::text and l.slot = s.number::text
      where (s.batch_id is null and l.type = 'essays.slot-assigned')
        or (s.batch_id is not null and (l.type is distinct from 'essays.slot-assigned' or l.essay <> s.essay_id::text))`,
  },
]

const runs: Invariant[] = [
  {
    id: 'I7',
    rule: 'a run that has ended has nothing open, and said so once; one that has not said nothing',
    rows: `select r.run_id || ' is ' || coalesce(r.outcome, 'active') || ' with ' || count(distinct e.seq) || ' pipeline-completed, '
        || count(distinct i.essay_id) || ' open essays and ' || count(distinct p.phase) || ' open phases' as what
      from batches.runs r
      left join bus.events e on e.type = 'batches.pipeline-completed' and e.key = r.batch_id::text and ${data('runId')} = r.run_id::text
      left join batches.run_items i on i.run_id = r.run_id and i.status in ('held', 'asked')
      left join batches.run_phases p on p.run_id = r.run_id and p.stage <> 'closed'
      group by r.run_id having (r.outcome is null and count(e.seq) > 0) or (r.outcome is not null
        and (count(distinct e.seq) <> 1 or count(i.essay_id) > 0 or count(p.phase) > 0 or r.ended_at is null))`,
  },
  {
    id: 'I7',
    rule: 'the counters of a phase are counts of rows',
    rows: `select p.run_id || ' ' || p.phase || ' counts ' || p.pending || '/' || p.succeeded || '/' || p.failed || ', the rows '
        || i.pending || '/' || i.succeeded || '/' || i.failed as what
      from batches.run_phases p cross join lateral (select
        count(*) filter (where status in ('held', 'asked')) as pending, count(*) filter (where status = 'succeeded') as succeeded,
        count(*) filter (where status = 'failed') as failed from batches.run_items i
        where i.run_id = p.run_id and i.phase = p.phase) i
      where (p.pending, p.succeeded, p.failed) is distinct from (i.pending, i.succeeded, i.failed)
        or p.pruned > p.succeeded or (p.stage = 'closed') <> (p.outcome is not null) or p.stage = 'closed' and p.pending <> 0`,
  },
  {
    id: 'I7',
    rule: 'nothing is asked, pruned or closed after the end of a run',
    rows: `select e.type || ' ' || e.seq || ' of run ' || ${data('runId').replaceAll('payload', 'e.payload')} as what from bus.events e
      join bus.events d on d.type = 'batches.pipeline-completed' and d.key = e.key and d.payload->'data'->>'runId' = e.payload->'data'->>'runId' and d.seq < e.seq
      where e.type like '%.check-requested' or e.type in ('batches.phase-pruned', 'batches.phase-completed', 'batches.check-timed-out', 'batches.pipeline-completed')`,
  },
  {
    id: 'I7',
    rule: 'an essay is asked for once in a phase of a run, and answered once at most',
    rows: `select type || ' of essay ' || ${data('essayId')} || ' in run ' || ${data('runId')} || ' ' || count(*) || ' times' as what
      from bus.events where type like '%.check-requested' or type like '%.essay-checked' or type like '%.essay-failed' or type = 'batches.phase-pruned'
      group by split_part(type, '.', 1), type, ${data('essayId')}, ${data('runId')}, ${data('phase')} having count(*) > 1`,
  },
  {
    id: 'I7',
    rule: 'a run waits for exactly the files that are marked for it',
    rows: `select r.run_id || ' waits for ' || r.unsettled || ', marked are ' || count(m.file_upload_id) as what
      from batches.runs r left join batches.members m on m.run_id = r.run_id
      group by r.run_id having r.unsettled <> count(m.file_upload_id)`,
  },
  {
    id: 'I7',
    rule: 'a batch has one run at a time, and its essays are its own',
    rows: `select batch_id || ' has ' || count(*) || ' active runs' as what from batches.runs where outcome is null
      group by batch_id having count(*) > 1
      union all select i.essay_id || ' of another batch is in run ' || i.run_id from batches.run_items i join batches.runs r using (run_id)
      join files.uploads u using (file_upload_id) where u.batch_id <> r.batch_id or u.school_id <> r.school_id`,
  },
]

/** What holds once nothing is under way: the services' copies of each other's facts agree. */
export const whenQuiet: Invariant[] = [
  {
    id: 'I1',
    rule: 'every file has settled',
    rows: `select file_upload_id || ' is ' || state as what from files.uploads where state in ('received', 'reading')`,
  },
  {
    id: 'I3',
    rule: 'the files and the slots say the same',
    rows: `select coalesce(u.file_upload_id, s.file_upload_id) || ' is ' || coalesce(u.state, 'unknown') || ' in slot ' || coalesce(u.slot::text, 'none')
        || ', essays says ' || coalesce(s.number::text, 'none') as what
      from files.uploads u full join (select * from essays.slots where file_upload_id is not null) s on s.file_upload_id = u.file_upload_id
      where (u.slot, u.essay_id) is distinct from (s.number, s.essay_id)
        or (s.number is not null and (s.reserved_until is not null) <> (u.state = 'removed'))`,
  },
  {
    id: 'I3',
    rule: 'who waits in files waits in essays, and nobody waits beside a free slot',
    rows: `select coalesce(u.file_upload_id, w.file_upload_id) || ' is ' || coalesce(u.state, 'unknown') as what
      from (select * from files.uploads where state = 'waiting-for-slot') u full join essays.waiting w using (file_upload_id)
      where u.file_upload_id is null or w.file_upload_id is null
      union all select w.file_upload_id || ' waits while slot ' || min(s.number) || ' is free' from essays.waiting w
      join essays.slots s on s.batch_id = w.batch_id and s.file_upload_id is null group by w.file_upload_id`,
  },
  {
    id: 'I2',
    rule: 'batches knows where every file is',
    rows: `select coalesce(u.file_upload_id, m.file_upload_id) || ' is ' || coalesce(u.state, 'unknown') || ', batches says ' || coalesce(m.place, 'nothing') as what
      from files.uploads u full join batches.members m using (file_upload_id)
      where m.place is distinct from case u.state when 'in-slot' then 'in-slot' when 'waiting-for-slot' then 'waiting'
          when 'rejected' then 'gone' when 'removed' then 'gone' else 'reading' end
        or (m.place = 'in-slot' and (m.essay_id, m.text_hash) is distinct from (u.essay_id, u.text_hash))`,
  },
  {
    id: 'I5',
    rule: 'every subscription has come to the end of the log',
    rows: `select name || ' stands at ' || position || ' of ' || (select max(seq) from bus.events) as what from bus.subscriptions
      where position < (select coalesce(max(seq), 0) from bus.events)`,
  },
  {
    id: 'I5',
    rule: 'nothing is expected of a file that has come to its end',
    rows: `select x.file_upload_id || ' is ' || u.state || ' and waits for ' || x.event as what
      from trace.expectations x join files.uploads u using (file_upload_id)`,
  },
  {
    id: 'I7',
    rule: 'every run that is not paused has ended',
    rows: `select run_id || ' of batch ' || batch_id as what from batches.runs where outcome is null and not paused`,
  },
  {
    id: 'I7',
    rule: 'every question was answered',
    rows: `select split_part(type, '.', 1) || ' of essay ' || ${data('essayId')} || ' in run ' || ${data('runId')} as what from bus.events
      where type like '%.check-requested' or type like '%.essay-checked' or type like '%.essay-failed'
      group by split_part(type, '.', 1), ${data('essayId')}, ${data('runId')} having count(*) <> 2`,
  },
]
