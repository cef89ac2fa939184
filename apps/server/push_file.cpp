// SPDX-License-Identifier: Apache-2.0
#include "push_file.hpp"

#include <pki/cleanse.hpp>
#include <pki/phones.hpp>
#include <system/file.hpp>

namespace oakum::server {

namespace {

constexpr std::size_t kLargest = 64 << 10;

} // namespace

base::Result<ports::PushIdentity> PushFile::read() {
    base::Lock lock(mutex_);
    std::error_code error;
    const auto changed = std::filesystem::last_write_time(file_, error);
    const auto size = error ? 0 : std::filesystem::file_size(file_, error);
    if (error)
        return base::unavailable("the push certificate " + file_.string() +
                                 " cannot be read: " + error.message());
    if (!held_ || changed != changed_ || size != size_) {
        auto text = system::read_bounded(file_, kLargest);
        held_ = text.ok() ? pki::read_push_identity(*text) : base::Result<ports::PushIdentity>(text.error());
        if (text.ok()) pki::cleanse(*text);
        changed_ = changed;
        size_ = size;
    }
    if (held_->ok() && (**held_).not_after <= clock_.now())
        return base::denied("the push certificate ended on " + base::to_date((**held_).not_after));
    return *held_;
}

std::optional<base::TimePoint> PushFile::ends() {
    (void)read();
    base::Lock lock(mutex_);
    return held_ && held_->ok() ? std::optional((**held_).not_after) : std::nullopt;
}

} // namespace oakum::server
