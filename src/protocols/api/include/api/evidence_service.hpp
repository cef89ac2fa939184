// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <api/answer.hpp>
#include <api/feeds_service.hpp>
#include <base/time.hpp>

#include <filesystem>

namespace oakum::api {

struct EvidenceWish {
    std::string standard; // "general", "iso-27001", ...
    base::TimePoint from{}, to{};
    std::string query; // whose devices; empty: the whole fleet
    std::string why;
};
struct EvidencePack {
    std::string file; // its name
    std::string standard;
    base::TimePoint from{}, to{}, made{};
    std::optional<std::string> query;
    std::string made_by;
    std::uint64_t bytes = 0;
    std::vector<std::string> left_out; // "audit.csv: why"
};
struct EvidenceKey {
    std::string id, pem;
};
struct EvidenceStandard {
    std::string name, title;
};

// Administrators make packs; who may read the audit log may take them along. Errors: denied, not_found.
class EvidenceService {
  public:
    virtual ~EvidenceService() = default;
    // Errors also: invalid (with its place), conflict (there are too many already).
    virtual void make(const access::Actor& actor, EvidenceWish wish, Answer<Job> answer) = 0;
    // Newest first.
    virtual void list(const access::Actor& actor, PageRequest page, Answer<Page<EvidencePack>> answer) = 0;
    struct File {
        std::filesystem::path path;
        std::uint64_t length = 0;
    };
    virtual void file(const access::Actor& actor, std::string name, Answer<File> answer) = 0;
    virtual void remove(const access::Actor& actor, std::string name, Answer<base::Nothing> answer) = 0;
    virtual void key(const access::Actor& actor, Answer<EvidenceKey> answer) = 0;
    virtual std::vector<EvidenceStandard> standards() const = 0;
};

} // namespace oakum::api
