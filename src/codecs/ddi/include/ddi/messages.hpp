// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/result.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace oakum::ddi {

// ---- what devices send. Errors of all: invalid, with the place.

enum class Execution : std::uint8_t {
    closed,
    proceeding,
    canceled,
    scheduled,
    rejected,
    resumed,
    download,
    downloaded
};
enum class Finished : std::uint8_t { success, failure, none };
struct Feedback {
    Execution execution = Execution::proceeding;
    Finished finished = Finished::none;
    std::optional<std::int64_t> code;
    std::optional<std::uint32_t> percent; // of progress cnt/of
    std::string details;                  // its lines, joined; at most kMaxDetails bytes
};
inline constexpr std::size_t kMaxDetails = 2048;
base::Result<Feedback> decode_feedback(std::string_view json);

enum class Mode : std::uint8_t { merge, replace, remove };
struct Attributes {
    Mode mode = Mode::merge;
    std::map<std::string, std::string> data;
};
inline constexpr std::size_t kMaxAttributes = 100;
base::Result<Attributes> decode_attributes(std::string_view json);

struct Confirmation {
    bool confirmed = false;
    std::string details;
};
base::Result<Confirmation> decode_confirmation(std::string_view json);

// ---- what they are sent

struct Base {
    std::uint32_t sleep_seconds = 300; // less than a day
    // Addresses; empty: there is no such link.
    std::string deployment, confirmation, cancel, installed, attributes;
};
std::string encode(const Base& base);

struct Artifact {
    std::string filename;
    std::uint64_t size = 0;
    std::string sha1, md5, sha256;
    std::string href;   // of the file; its MD5SUM is beside it
    bool plain = false; // the address is http
};
std::string encode(const std::vector<Artifact>& artifacts);

struct Deployment {
    std::string id;
    bool awaits_confirmation = false; // under "confirmation" instead of "deployment"
    std::string part, name, version;
    Artifact artifact;
    std::string status;                // for actionHistory; empty: left out
    std::vector<std::string> messages; // the newest first
};
std::string encode(const Deployment& deployment);

std::string encode_cancel(std::string_view id);
struct AutoConfirm {
    bool active = true;
    std::string initiator, remark;
    std::string activate, deactivate; // the address of what can be done
};
std::string encode(const AutoConfirm& state);
struct Failure {
    std::string exception, code, message;
};
std::string encode(const Failure& failure);

} // namespace oakum::ddi
