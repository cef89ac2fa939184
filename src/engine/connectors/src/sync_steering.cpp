// SPDX-License-Identifier: Apache-2.0
// How a sync tells phones what rollouts ask of them.
#include "sync_job.hpp"

namespace oakum::connectors {

using shard::Progress;

namespace {

// In one sync; the others have their turn in the next, which comes soon.
constexpr std::size_t kMostTasks = 500;
// One that the system fails at must not keep the others from being told; so many in a row are the system
// itself.
constexpr std::size_t kMostMissed = 3;

// Of this phone alone, and not of the system or the way to it.
bool is_of_one(const base::Error& error) {
    return error.kind == base::ErrorKind::invalid || error.kind == base::ErrorKind::not_found ||
           error.kind == base::ErrorKind::too_large;
}

} // namespace

base::Result<Progress> Sync::Work::steer() {
    if (sync_.steerer_ == nullptr) {
        stage_ = Stage::end;
        return telling("ending");
    }
    stage_ = Stage::list_tasks;
    run_->begin();
    sync_.steerer_->look(tenant_, name_, [run = run_] { run->through(); });
    return waiting("looking at what rollouts ask of phones of " + title_);
}

base::Result<Progress> Sync::Work::list_tasks() {
    stage_ = Stage::plan;
    task_ = 0;
    std::vector<Task> tasks;
    if (steers_) tasks = sync_.steerer_->tasks(tenant_, name_);
    if (tasks.size() > kMostTasks) tasks.resize(kMostTasks);
    {
        base::Lock lock(run_->mutex);
        run_->tasks = std::move(tasks);
    }
    return telling("telling phones of " + title_);
}

base::Result<Progress> Sync::Work::plan_task() {
    std::optional<Task> task;
    std::size_t all = 0;
    {
        base::Lock lock(run_->mutex);
        all = run_->tasks.size();
        if (task_ < all) task = run_->tasks[task_];
    }
    if (!task) {
        if (missed_) return fail(*missed_);
        stage_ = Stage::end;
        return telling("ending");
    }
    stage_ = Stage::begin_task;
    run_->begin();
    sync_.tools_.fetches.post([run = run_, task = *std::move(task)] {
        auto change = task.kind == Task::Kind::tell
                          ? run->system->plan_update({task.id, task.before, task.level})
                          : run->system->plan_return(task.id, task.before, task.after);
        {
            base::Lock lock(run->mutex);
            run->change.emplace(std::move(change));
        }
        run->through();
    });
    return waiting("telling phones of " + title_ + ": " + std::to_string(task_) + " of " +
                   std::to_string(all));
}

base::Result<Progress> Sync::Work::begin_task() {
    std::optional<base::Error> wrong;
    {
        base::Lock lock(run_->mutex);
        if (!run_->change->ok()) wrong = run_->change->error();
    }
    if (wrong && !is_of_one(*wrong)) return miss_task(*wrong);
    if (wrong) return note_task(*std::move(wrong));
    stage_ = Stage::send;
    Task task;
    ports::ManagementChange change;
    {
        base::Lock lock(run_->mutex);
        change = **run_->change;
        if (change.calls.empty()) run_->tasks[task_].stays = change.before;
        task = run_->tasks[task_];
    }
    run_->begin();
    sync_.steerer_->begin(tenant_, name_, task, change, [run = run_](base::Status noted) {
        {
            base::Lock lock(run->mutex);
            run->status = std::move(noted);
        }
        run->through();
    });
    return waiting("telling phones of " + title_);
}

base::Result<Progress> Sync::Work::send() {
    base::Status noted;
    ports::ManagementChange change;
    {
        base::Lock lock(run_->mutex);
        noted = run_->status;
        change = **run_->change;
    }
    if (!noted.ok()) {
        // It was taken back meanwhile, or could not be written down: nothing is sent that is not.
        if (noted.error().kind != base::ErrorKind::conflict) return fail(noted.error());
        ++task_;
        stage_ = Stage::plan;
        return telling("telling phones of " + title_);
    }
    stage_ = Stage::end_task;
    run_->begin();
    sync_.tools_.fetches.post([run = run_, calls = std::move(change.calls)] {
        base::Status sent;
        for (const ports::ManagementCall& call : calls) {
            sent = run->system->send(call);
            if (!sent.ok()) break;
        }
        {
            base::Lock lock(run->mutex);
            run->status = std::move(sent);
        }
        run->through();
    });
    return waiting("telling phones of " + title_);
}

base::Result<Progress> Sync::Work::end_task() {
    base::Status sent;
    {
        base::Lock lock(run_->mutex);
        sent = run_->status;
    }
    if (!sent.ok() && !is_of_one(sent.error())) return miss_task(sent.error());
    return note_task(std::move(sent));
}

// It stays as it is, and the next sync tries again.
base::Result<Progress> Sync::Work::miss_task(const base::Error& why) {
    if (why.kind != base::ErrorKind::unavailable || ++missed_running_ == kMostMissed) return fail(why);
    missed_ = why;
    ++not_told_;
    ++task_;
    stage_ = Stage::plan;
    return telling("telling phones of " + title_);
}

base::Result<Progress> Sync::Work::note_task(base::Status sent) {
    Task task;
    {
        base::Lock lock(run_->mutex);
        task = run_->tasks[task_];
    }
    ++task_;
    missed_running_ = 0;
    stage_ = Stage::plan;
    ++(!sent.ok() ? not_told_ : task.kind == Task::Kind::tell ? told_ : put_back_);
    run_->begin();
    sync_.steerer_->end(tenant_, name_, task, sent,
                        [run = run_, log = &sync_.log_, name = name_](const base::Status& noted) {
                            // The next sync comes to the same.
                            if (!noted.ok())
                                log->write(base::LogLevel::warning, "connector",
                                           "what became of a phone of " + name +
                                               " could not be noted: " + noted.error().text());
                            run->through();
                        });
    return waiting("telling phones of " + title_);
}

} // namespace oakum::connectors
