// SPDX-License-Identifier: Apache-2.0
#include <apple_phones/waking.hpp>

#include <algorithm>
#include <array>

namespace oakum::apple_phones {

using device::TenantId;
using ports::DocumentRow;

namespace {

constexpr base::Duration kEvery = std::chrono::seconds(5);
// Between pushes for one and the same command: a phone may be off, or locked (it then says NotNow).
constexpr std::array<std::chrono::minutes, 4> kWaits{std::chrono::minutes(10), std::chrono::minutes(60),
                                                     std::chrono::minutes(6 * 60),
                                                     std::chrono::minutes(24 * 60)};

// The first that it has to come for; empty: nothing. It is due: it is to be asked anew.
std::string waits_for(const apple::Phone& phone, base::TimePoint now) {
    if (phone.state != apple::State::enrolled || phone.token.empty()) return {};
    if (!phone.queue.empty()) return phone.queue.front().uuid;
    return apple::is_due(phone, now) ? "due" : "";
}

} // namespace

std::string Waking::failing() const {
    base::Lock lock(mutex_);
    return failing_;
}

void Waking::look_now_and_then() {
    if (stopped_) return;
    if (tools_.push.identity())
        for (const TenantId tenant : tools_.core.control.tenants())
            look(tenant);
    tools_.looks.post_after(kEvery, [this] { look_now_and_then(); });
}

void Waking::look(TenantId tenant) {
    const base::TimePoint now = tools_.core.clock.now();
    for (const auto& row : tools_.core.control.list<DocumentRow>(tenant)) {
        if (!row->name.starts_with(kPhonePrefix) || row->body.empty()) continue;
        const auto id = device::DeviceId::parse(row->name.substr(kPhonePrefix.size()));
        const auto phone = phone_of(row->body);
        if (!id.ok() || !phone.ok()) continue;
        const std::string command = waits_for(*phone, now);
        const Who who{tenant, *id};
        if (command.empty()) {
            base::Lock lock(mutex_);
            pushed_.erase(who);
            continue;
        }
        wake(who, *phone, command);
    }
}

void Waking::wake(const Who& who, const apple::Phone& phone, const std::string& command) {
    {
        base::Lock lock(mutex_);
        const base::Duration now = tools_.core.clock.steady();
        Pushed& last = pushed_[who];
        const bool same = last.command == command;
        const auto wait =
            kWaits.at(std::min<std::size_t>(last.times, kWaits.size()) - (last.times > 0 ? 1 : 0));
        if (same && last.times > 0 && now - last.at < wait) return;
        last = {now, same ? last.times + 1 : 1, command};
    }
    tools_.push.wake({phone.token, phone.magic},
                     [this, who, token = phone.token](base::Result<ports::PushService::Fate> fate) {
                         note(fate.ok() ? base::Status() : base::Status(fate.error()));
                         if (fate.ok() && *fate == ports::PushService::Fate::gone)
                             tools_.phones.drop_token(who.first, who.second, token);
                         if (fate.ok()) return;
                         // It did not reach Apple: soon again.
                         base::Lock lock(mutex_);
                         if (const auto at = pushed_.find(who); at != pushed_.end() && at->second.times > 0)
                             at->second.times = 1;
                     });
}

void Waking::note(const base::Status& status) {
    std::string told;
    {
        base::Lock lock(mutex_);
        const std::string now = status.ok() ? std::string() : status.error().message;
        if (now == failing_) return;
        failing_ = now;
        told = now;
    }
    if (!told.empty()) tools_.log.write(base::LogLevel::error, "apple", "phones could not be woken: " + told);
}

} // namespace oakum::apple_phones
