// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <doctest/doctest.h>
#include <ports/clock.hpp>
#include <sqlite/history.hpp>
#include <sqlite/journal.hpp>
#include <sqlite/loader.hpp>
#include <sqlite/schema.hpp>

#include <condition_variable>
#include <cstdlib>
#include <deque>
#include <filesystem>
#include <mutex>
#include <string>

namespace oakum::sqlite {

// A folder of its own, removed in the end.
class TemporaryFolder {
  public:
    TemporaryFolder() {
        std::string name = (std::filesystem::temp_directory_path() / "oakum-sqlite-XXXXXX").string();
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        path_ = name;
    }
    ~TemporaryFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    const std::filesystem::path& path() const { return path_; }

  private:
    std::filesystem::path path_;
};

// Runs what was posted on the thread that asks.
class QueueExecutor final : public ports::Executor {
  public:
    void post(std::function<void()> work) override {
        const std::lock_guard lock(guard_);
        queue_.push_back(std::move(work));
        posted_.notify_one();
    }
    void post_after(base::Duration, std::function<void()> work) override { post(std::move(work)); }
    // Waits for the next piece of work, and runs it.
    void run_one() {
        std::function<void()> work;
        {
            std::unique_lock lock(guard_);
            REQUIRE(posted_.wait_for(lock, std::chrono::minutes(1), [this] { return !queue_.empty(); }));
            work = std::move(queue_.front());
            queue_.pop_front();
        }
        work();
    }

  private:
    std::mutex guard_;
    std::condition_variable posted_;
    std::deque<std::function<void()>> queue_;
};

inline StoreOptions options_in(const std::filesystem::path& folder) {
    StoreOptions options;
    options.file = folder / "oakum.db";
    options.cache_bytes = 4 << 20;
    return options;
}

template <class T> T must(base::Result<T> result) {
    REQUIRE_MESSAGE(result.ok(), (result.ok() ? std::string() : result.error().text()));
    return std::move(result).value();
}
inline void must(const base::Status& status) {
    REQUIRE_MESSAGE(status.ok(), (status.ok() ? std::string() : status.error().text()));
}

// Journal, loader and history over one file, as the contract wants them.
class SqliteUnderTest {
  public:
    explicit SqliteUnderTest(const StoreOptions& options) : options_(options) { reopen(); }
    SqliteUnderTest() : SqliteUnderTest(StoreOptions{}) {}

    ports::Journal& journal() { return *journal_; }
    SqliteJournal& sqlite_journal() { return *journal_; }
    ports::Loader& loader() { return *loader_; }
    ports::History& history() { return *history_; }
    ports::DailyRecords& daily() { return *history_; }
    const StoreOptions& options() const { return options_; }
    void drive() { executor_.run_one(); }
    void close() {
        history_.reset();
        loader_.reset();
        journal_.reset();
    }
    void reopen() {
        close();
        if (options_.file.empty()) options_ = options_in(folder_.path());
        must(prepare_store(options_));
        journal_ = must(SqliteJournal::open(options_, executor_));
        loader_ = must(SqliteLoader::open(options_));
        history_ = std::make_unique<SqliteHistory>(options_);
    }

  private:
    TemporaryFolder folder_;
    StoreOptions options_;
    QueueExecutor executor_;
    std::unique_ptr<SqliteJournal> journal_;
    std::unique_ptr<SqliteLoader> loader_;
    std::unique_ptr<SqliteHistory> history_;
};

} // namespace oakum::sqlite
