// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <floor/offered.hpp>
#include <ports/feed_files.hpp>

#include <base/log.hpp>

#include <atomic>
#include <memory>

namespace oakum::floors {

// What Apple offers to which model, as the kept feeds say. Any thread.
class Catalogue {
  public:
    Catalogue(ports::FeedFiles& files, base::LogSink& log) : files_(files), log_(log) {}

    // Blocking: reads the kept feeds of Apple anew. What cannot be read leaves what was known.
    void read();
    // Shared because it is replaced whole while others look into it.
    std::shared_ptr<const floor::Offered> offered() const { return offered_.load(); }

  private:
    ports::FeedFiles& files_;
    base::LogSink& log_;
    std::atomic<std::shared_ptr<const floor::Offered>> offered_{std::make_shared<const floor::Offered>()};
};

} // namespace oakum::floors
