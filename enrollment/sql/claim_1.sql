-- Why this worker may not take a seat of this run: one row a reason, none when nothing speaks against it.
-- The only place where these rules are checked: the claim below asks it under the worker's lock, pages ask it before
-- the button is pressed. enrollment/rules.py turns the rows into sentences.
CREATE FUNCTION enrollment_problems(p_worker bigint, p_run bigint, p_now timestamptz)
RETURNS TABLE (code text, amount integer, own_lesson bigint, other_lesson bigint, other_run bigint)
LANGUAGE sql STABLE AS $$
    WITH run AS (
        SELECT r.*, p.max_live_enrollments, p.one_per_course_per_term
        FROM timetable_classrun r JOIN policy_policy p ON p.id = r.policy_id
        WHERE r.id = p_run
    ), live AS (
        SELECT r.id, r.course_id, r.term_id, r.ends_at, e.status
        FROM enrollment_enrollment e JOIN timetable_classrun r ON r.id = e.class_run_id
        WHERE e.worker_id = p_worker AND e.class_run_id <> p_run
          AND e.status IN ('applied', 'waiting', 'offered', 'enrolled', 'completed')
    )
    SELECT 'run_cancelled', NULL::integer, NULL::bigint, NULL::bigint, NULL::bigint
    FROM run WHERE cancelled_at IS NOT NULL
    UNION ALL
    SELECT 'course_retired', NULL, NULL, NULL, NULL
    FROM run JOIN catalogue_course c ON c.id = run.course_id WHERE c.retired_at IS NOT NULL
    UNION ALL
    SELECT 'run_started', NULL, NULL, NULL, NULL FROM run WHERE starts_at <= p_now
    UNION ALL
    SELECT 'not_open', NULL, NULL, NULL, NULL FROM run WHERE opens_at > p_now
    UNION ALL
    -- A seat of a run that is over no longer counts against the cap.
    SELECT 'cap', count(*)::integer, NULL, NULL, NULL
    FROM run JOIN live ON live.term_id = run.term_id AND live.ends_at > p_now AND live.status <> 'completed'
    GROUP BY run.max_live_enrollments
    HAVING count(*) >= run.max_live_enrollments
    UNION ALL
    (SELECT 'same_course', NULL, NULL, NULL, live.id
     FROM run JOIN live ON live.course_id = run.course_id AND live.term_id = run.term_id
     WHERE run.one_per_course_per_term
     LIMIT 1)
    UNION ALL
    (SELECT 'clash', NULL, mine.id, other.id, live.id
     FROM timetable_lesson mine
     JOIN live ON live.ends_at > p_now AND live.status <> 'completed'
     JOIN timetable_lesson other ON other.class_run_id = live.id
     WHERE mine.class_run_id = p_run AND mine.cancelled_at IS NULL AND other.cancelled_at IS NULL
       AND mine.starts_at < other.ends_at AND other.starts_at < mine.ends_at
     ORDER BY mine.starts_at, other.id
     LIMIT 1)
$$;

-- Give a worker one seat, or a place in line (architecture.md rule 3).
--
-- Order matters. The worker's row is locked first, so that cap, clash and one run a course cannot race. The run is
-- read without a lock; the enrollment and its message are written; the hot counter is moved last, and only where a
-- seat is free and nobody waits. Where it cannot be moved, everything written is undone. Whoever loses a full run and
-- does not join the line takes no lock at all.
CREATE FUNCTION enrollment_claim(
    p_worker bigint, p_run bigint, p_now timestamptz, p_public_id text, p_join_line boolean,
    p_via text, p_entered_by bigint, p_seated jsonb, p_queued jsonb
) RETURNS TABLE (outcome text, enrollment bigint, ahead integer)
LANGUAGE plpgsql AS $$
DECLARE
    run timetable_classrun%ROWTYPE;
BEGIN
    SELECT * INTO STRICT run FROM timetable_classrun r WHERE r.id = p_run;
    ahead := run.waiting;
    IF p_join_line OR (run.seats_taken < run.capacity AND run.waiting = 0) THEN
        PERFORM 1 FROM accounts_user u WHERE u.id = p_worker FOR NO KEY UPDATE;
    END IF;

    SELECT e.id INTO enrollment FROM enrollment_enrollment e
    WHERE e.class_run_id = p_run AND e.worker_id = p_worker
      AND e.status IN ('applied', 'waiting', 'offered', 'enrolled');
    IF FOUND THEN
        outcome := 'already';
        RETURN NEXT;
        RETURN;
    END IF;

    PERFORM 1 FROM enrollment_problems(p_worker, p_run, p_now);
    IF FOUND THEN
        outcome := 'refused';
        RETURN NEXT;
        RETURN;
    END IF;

    IF run.seats_taken < run.capacity AND run.waiting = 0 THEN
        BEGIN
            enrollment := enrollment_write(p_worker, p_run, p_now, p_public_id, 'enrolled', p_via, p_entered_by);
            PERFORM enrollment_tell(p_worker, enrollment, 'enrolled', p_now, run.starts_at, p_seated, 0);
            UPDATE timetable_classrun r SET seats_taken = r.seats_taken + 1
            WHERE r.id = p_run AND r.seats_taken < r.capacity AND r.waiting = 0
              AND r.cancelled_at IS NULL AND r.starts_at > p_now;
            IF NOT FOUND THEN
                RAISE EXCEPTION 'no seat left' USING ERRCODE = 'XT001';
            END IF;
            outcome := 'enrolled';
            RETURN NEXT;
            RETURN;
        EXCEPTION WHEN SQLSTATE 'XT001' THEN
            enrollment := NULL;
        END;
        SELECT r.waiting INTO ahead FROM timetable_classrun r WHERE r.id = p_run;
        -- The counter may have stood still because the run was cancelled this very moment.
        PERFORM 1 FROM enrollment_problems(p_worker, p_run, p_now);
        IF FOUND THEN
            outcome := 'refused';
            RETURN NEXT;
            RETURN;
        END IF;
    END IF;

    IF NOT p_join_line THEN
        outcome := 'full';
        RETURN NEXT;
        RETURN;
    END IF;

    BEGIN
        enrollment := enrollment_write(p_worker, p_run, p_now, p_public_id, 'waiting', p_via, p_entered_by);
        UPDATE timetable_classrun r SET waiting = r.waiting + 1
        WHERE r.id = p_run AND r.cancelled_at IS NULL AND r.starts_at > p_now
        RETURNING r.* INTO run;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'the run was cancelled meanwhile' USING ERRCODE = 'XT002';
        END IF;
    EXCEPTION WHEN SQLSTATE 'XT002' THEN
        enrollment := NULL;
        outcome := 'refused';
        RETURN NEXT;
        RETURN;
    END;
    IF run.waiting = 1 AND run.seats_taken < run.capacity THEN
        -- A seat fell free between the look and the lock, and nobody else is in line.
        UPDATE enrollment_enrollment e SET status = 'enrolled', seated_at = p_now WHERE e.id = enrollment;
        UPDATE timetable_classrun r SET waiting = 0, seats_taken = r.seats_taken + 1 WHERE r.id = p_run;
        PERFORM enrollment_tell(p_worker, enrollment, 'enrolled', p_now, run.starts_at, p_seated, 0);
        outcome := 'enrolled';
        ahead := 0;
    ELSE
        SELECT count(*) INTO ahead FROM enrollment_enrollment e
        WHERE e.class_run_id = p_run AND e.status = 'waiting' AND (e.queued_at, e.id) < (p_now, enrollment);
        PERFORM enrollment_tell(p_worker, enrollment, 'in_line', p_now, run.starts_at, p_queued, ahead);
        outcome := 'waiting';
    END IF;
    RETURN NEXT;
END
$$;

CREATE FUNCTION enrollment_write(
    p_worker bigint, p_run bigint, p_now timestamptz, p_public_id text, p_status text, p_via text, p_entered_by bigint
) RETURNS bigint LANGUAGE sql AS $$
    INSERT INTO enrollment_enrollment
        (class_run_id, worker_id, public_id, status, via, entered_by_id, created_at, queued_at, seated_at)
    VALUES (
        p_run, p_worker, p_public_id, p_status, p_via, p_entered_by, p_now,
        CASE WHEN p_status = 'waiting' THEN p_now END,
        CASE WHEN p_status = 'enrolled' THEN p_now END
    )
    RETURNING id
$$;

-- The text comes rendered; only the place in line is known here and nowhere earlier.
CREATE FUNCTION enrollment_tell(
    p_worker bigint, p_enrollment bigint, p_kind text, p_now timestamptz, p_use_by timestamptz, p_text jsonb, p_ahead integer
) RETURNS void LANGUAGE sql AS $$
    INSERT INTO messaging_message
        (person_id, key, kind, subject, title, body, sms, path, channels, due_at, use_by, created_at)
    VALUES (
        p_worker, p_kind || ':enrollment/' || p_enrollment, p_kind, 'enrollment/' || p_enrollment,
        p_text->>'title',
        replace(p_text->>'body', '{ahead}', p_ahead::text),
        replace(p_text->>'sms', '{ahead}', p_ahead::text),
        p_text->>'path', ARRAY['sms'], p_now, p_use_by, p_now
    )
$$;
