// SPDX-License-Identifier: Apache-2.0
#include "noticeboard.hpp"

#include "files.hpp"

#include <system/file.hpp>

#include <cstdio>
#include <fcntl.h>

namespace oakum::agent {
namespace {

constexpr base::Duration unchanged = std::chrono::minutes(10);
constexpr std::size_t max_text = 64 << 10;

} // namespace

Noticeboard::Noticeboard(const std::filesystem::path& folder) : file_(folder / "standing.json") {
    if (const auto before = read_standing(folder)) answered_ = before->answered;
}

void Noticeboard::show(updates::Standing standing, base::Duration now) {
    if (!standing.answered) standing.answered = answered_;
    // The first word of the server is news too.
    const bool same = shown_ && says_the_same(*shown_, standing) &&
                      shown_->answered.has_value() == standing.answered.has_value();
    if (same && now - written_ < unchanged) return;
    const std::filesystem::path fresh = file_.string() + ".new-";
    {
        const Descriptor out(
            ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
        // A disk that takes nothing shows an older word, whose age is told.
        if (!out.open() || !write_all(out.number(), base::as_bytes(encode(standing))).ok()) return;
    }
    if (std::rename(fresh.c_str(), file_.c_str()) != 0) return;
    shown_ = std::move(standing);
    written_ = now;
}

std::optional<updates::Standing> read_standing(const std::filesystem::path& folder) {
    const auto text = system::read_bounded(folder / "standing.json", max_text);
    if (!text.ok()) return std::nullopt;
    auto standing = updates::decode_standing(*text);
    if (!standing.ok()) return std::nullopt;
    return std::move(*standing);
}

} // namespace oakum::agent
