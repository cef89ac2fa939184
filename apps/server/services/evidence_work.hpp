// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <access/may.hpp>
#include <base/digest.hpp>
#include <base/thread_annotations.hpp>
#include <ports/clock.hpp>
#include <ports/http.hpp>
#include <shard/jobs.hpp>

#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace oakum::server {

// What a pack is made of; the payload of its job.
struct EvidenceOrder {
    std::string standard;
    base::TimePoint from{}, to{};
    std::string query;
    access::UserId user;
    std::string file;
    struct Rollout {
        std::string id, name;
    };
    struct Group {
        std::string id, name;
    };
    std::vector<Group> scope;      // that its maker sees; empty: the whole fleet. Not in the payload either
    std::vector<Rollout> rollouts; // not in the payload: as they are when the work begins
    struct Release {
        std::string id, name;
    };
    std::vector<Release> releases;       // published by its end; neither in the payload
    std::vector<std::string> exceptions; // ids of those of the period; neither in the payload

    std::string text() const;
    static base::Result<EvidenceOrder> parse(std::string_view payload);
};

// Gathers the answers one after the other into files, then writes the archive. Begun anew after a restart.
// Steps run one at a time; answers come from any thread while a step waits for them.
class EvidenceWork final : public shard::JobWork {
  public:
    using Ask =
        std::function<bool(access::Actor, ports::HttpRequest, std::function<void(ports::HttpResponse)>)>;
    using Sign = std::function<base::Result<base::Bytes>(base::ByteView)>;
    EvidenceWork(EvidenceOrder order, access::Actor actor, std::filesystem::path folder, Ask ask,
                 base::TimePoint now, base::Bytes key, Sign sign, ports::Executor& later);
    ~EvidenceWork() override;
    EvidenceWork(const EvidenceWork&) = delete;
    EvidenceWork& operator=(const EvidenceWork&) = delete;

    base::Result<shard::Progress> step() override;

  private:
    struct Question {
        std::string file;
        ports::HttpRequest request;
    };
    void add(std::string file, std::string path, bool table,
             std::vector<std::pair<std::string, std::string>> parameters);
    std::size_t newest_of(std::string_view folder, std::size_t all);
    base::Result<shard::Progress> ask_next();
    base::Result<shard::Progress> read_on();
    void took(ports::HttpResponse response);
    base::Status open(const std::string& file);
    base::Status append(std::string_view bytes);
    base::Status close();
    base::Status keep(const std::string& file, std::string_view text);
    std::string about() const;
    std::string controls() const;
    base::Status begin_archive();
    base::Result<bool> pack_some();
    base::Status end_archive();
    shard::Progress progress(std::string detail) const;

    const EvidenceOrder order_;
    const access::Actor actor_;
    const std::filesystem::path folder_, work_;
    const Ask ask_;
    const base::TimePoint now_;
    const base::Bytes key_;
    const Sign sign_;
    ports::Executor& later_;

    std::vector<Question> questions_;
    std::size_t next_ = 0;
    std::optional<base::Error> broken_;
    std::vector<std::string> left_out_;

    // The file that is written now, and those that are.
    std::string at_;
    std::ofstream out_;
    base::Sha256 digest_;
    std::uint64_t size_ = 0;
    std::map<std::string, base::Digest256> sums_;
    std::map<std::string, std::uint64_t> sizes_;
    std::shared_ptr<ports::EventStream> stream_;

    base::Mutex mutex_;
    bool woken_ GUARDED_BY(mutex_) = false; // the stream has more, and nobody waited for it
    std::function<void()> go_on_ GUARDED_BY(mutex_);

    std::ofstream archive_;
    std::vector<std::string> packing_; // still to go into the archive
    std::ifstream in_;
};

} // namespace oakum::server
