// SPDX-License-Identifier: Apache-2.0
#include <shard/feed.hpp>

#include <algorithm>

namespace oakum::shard {

std::uint64_t ChangeFeed::newest() const {
    base::Lock lock(mutex_);
    return newest_;
}

std::optional<std::vector<ports::ChangeRow>> ChangeFeed::read(device::TenantId tenant, std::uint64_t after,
                                                              std::size_t limit) const {
    base::Lock lock(mutex_);
    if (after < forgotten_) return std::nullopt;
    std::vector<ports::ChangeRow> found;
    auto at = std::upper_bound(
        changes_.begin(), changes_.end(), after,
        [](std::uint64_t number, const Numbered& entry) { return number < entry.change.number; });
    for (; at != changes_.end() && found.size() < limit; ++at)
        if (at->tenant == tenant) found.push_back(at->change);
    return found;
}

ChangeFeed::Subscription ChangeFeed::subscribe(std::function<void()> wake) {
    base::Lock lock(mutex_);
    wakes_[next_id_] = std::move(wake);
    return Subscription(this, next_id_++);
}

void ChangeFeed::unsubscribe(std::uint64_t id) {
    base::Lock lock(mutex_);
    wakes_.erase(id);
}

void ChangeFeed::publish(std::vector<Numbered> changes) {
    if (changes.empty()) return;
    std::vector<std::function<void()>> wakes;
    {
        base::Lock lock(mutex_);
        for (Numbered& entry : changes) {
            newest_ = entry.change.number;
            changes_.push_back(std::move(entry));
        }
        while (changes_.size() > capacity_) {
            forgotten_ = changes_.front().change.number;
            changes_.pop_front();
        }
        wakes.reserve(wakes_.size());
        for (const auto& [id, wake] : wakes_)
            wakes.push_back(wake);
    }
    for (const auto& wake : wakes)
        wake();
}

void ChangeFeed::begin(std::uint64_t last, std::vector<Numbered> stored) {
    base::Lock lock(mutex_);
    newest_ = forgotten_ = last;
    changes_.clear();
    // From the newest backwards: behind a gap something was pruned, and nobody may miss it unnoticed.
    for (auto entry = stored.rbegin(); entry != stored.rend() && changes_.size() < capacity_; ++entry) {
        if (entry->change.number != forgotten_) break;
        --forgotten_;
        changes_.push_front(std::move(*entry));
    }
}

ChangeFeed::Subscription& ChangeFeed::Subscription::operator=(Subscription&& other) noexcept {
    if (this != &other) {
        if (feed_ != nullptr) feed_->unsubscribe(id_);
        feed_ = other.feed_;
        id_ = other.id_;
        other.feed_ = nullptr;
    }
    return *this;
}

ChangeFeed::Subscription::~Subscription() {
    if (feed_ != nullptr) feed_->unsubscribe(id_);
}

} // namespace oakum::shard
