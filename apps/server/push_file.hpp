// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/thread_annotations.hpp>
#include <ports/clock.hpp>
#include <ports/push.hpp>

#include <filesystem>
#include <optional>

namespace oakum::server {

// Apple's push certificate with its key, in a file that somebody renews each year: read anew when it changed,
// so that no restart is needed. Any thread.
class PushFile {
  public:
    PushFile(std::filesystem::path file, ports::Clock& clock) : file_(std::move(file)), clock_(clock) {}
    // Errors: denied (it ended), invalid, unavailable.
    base::Result<ports::PushIdentity> read();
    // Of the one that was read last, also when it is over.
    std::optional<base::TimePoint> ends();

  private:
    const std::filesystem::path file_;
    ports::Clock& clock_;
    base::Mutex mutex_;
    std::filesystem::file_time_type changed_ GUARDED_BY(mutex_){};
    std::uintmax_t size_ GUARDED_BY(mutex_) = 0;
    std::optional<base::Result<ports::PushIdentity>> held_ GUARDED_BY(mutex_);
};

} // namespace oakum::server
