// SPDX-License-Identifier: Apache-2.0
#include "evidence.hpp"

#include "evidence_texts.hpp"
#include "evidence_work.hpp"
#include "jobs.hpp"

#include <evidence/pack.hpp>
#include <exceptions/exceptions.hpp>
#include <json/parse.hpp>
#include <json/writer.hpp>
#include <system/file.hpp>

#include <algorithm>

namespace oakum::server {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kKind = "evidence";
constexpr std::size_t kMostPacks = 50, kAboutBytes = 256UL << 10;

bool is_file_name(std::string_view name) {
    return name.ends_with(".tar") && name.size() <= 128 && name.front() != '.' &&
           std::ranges::all_of(name, [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
           });
}

std::string day_of(base::TimePoint at) {
    return base::to_iso8601(at).substr(0, std::string_view("2026-11-01").size());
}

base::Result<api::EvidencePack> read_pack(const fs::path& path) {
    TRY_VALUE(const std::string text,
              system::read_bounded(fs::path(path).replace_extension(".json"), kAboutBytes));
    TRY_VALUE(const json::Value about, json::parse(text));
    api::EvidencePack pack;
    pack.file = path.filename().string();
    TRY_VALUE(pack.standard, about.string_at("standard"));
    for (const auto& [name, to] :
         {std::pair("from", &pack.from), std::pair("to", &pack.to), std::pair("made", &pack.made)}) {
        TRY_VALUE(const std::string at, about.string_at(name));
        TRY_VALUE(*to, base::parse_time(at));
    }
    TRY_VALUE(pack.query, about.optional_string_at("query"));
    TRY_VALUE(pack.made_by, about.string_at("made_by"));
    TRY_VALUE(const json::Value left, about.array_at("left_out"));
    for (const json::Value& each : left.items())
        pack.left_out.emplace_back(each.text());
    std::error_code error;
    pack.bytes = fs::file_size(path, error);
    return pack;
}

} // namespace

void EvidenceService::register_jobs() {
    jobs_.kind(std::string(kKind),
               [this](device::TenantId tenant,
                      const ports::JobRow& row) -> base::Result<std::unique_ptr<shard::JobWork>> {
                   TRY_VALUE(EvidenceOrder order, EvidenceOrder::parse(row.payload));
                   // With the rights that its maker has now.
                   const auto user = context_.core.control.find<ports::UserRow>(tenant, order.user);
                   if (!user || user->disabled)
                       return base::denied("whoever asked for it may not sign in any more");
                   access::Actor actor;
                   actor.tenant = tenant.get();
                   actor.user = order.user;
                   actor.name = user->name;
                   actor.role = user->role;
                   for (const device::GroupId& group : user->scope)
                       actor.scope.push_back(group.get());
                   for (const device::GroupId& id : user->scope) {
                       const auto group = context_.core.control.find<ports::GroupRow>(tenant, id);
                       order.scope.push_back({id.text(), group ? group->name : ""});
                   }
                   TRY_VALUE(const auto key, key_.info());
                   for (const auto& rollout : context_.core.control.list<ports::RolloutRow>(tenant))
                       order.rollouts.push_back({rollout->id.text(), rollout->plan.name});
                   for (const auto& release : context_.core.control.list<ports::ReleaseRow>(tenant))
                       if (release->state == "published" && release->published <= order.to)
                           order.releases.push_back({release->id.text(), release->name});
                   for (const auto& held : context_.core.control.list<ports::ExceptionRow>(tenant))
                       if (exceptions::sees(actor, held->wish.scope) &&
                           exception::was_during(exception::course_of(held->history), {order.from, order.to}))
                           order.exceptions.push_back(held->id.text());
                   return std::unique_ptr<shard::JobWork>(std::make_unique<EvidenceWork>(
                       std::move(order), std::move(actor), folder_, ask_, context_.core.clock.now(),
                       key.public_key,
                       [this, key](base::ByteView message) { return key_.sign(key, message); },
                       context_.background));
               });
}

void EvidenceService::make(const access::Actor& actor, api::EvidenceWish wish, api::Answer<api::Job> answer) {
    if (auto may = fleet::may_do(actor, access::Action::backup_create); !may.ok())
        return answer(std::move(may).error());
    if (std::ranges::none_of(evidence_standards(),
                             [&](const auto& known) { return known.name == wish.standard; }))
        return answer(
            base::invalid("there is no such standard here; oakum evidence key lists them").at("/standard"));
    const base::TimePoint now = context_.core.clock.now();
    if (wish.from > now) return answer(base::invalid("the period is still to come").at("/from"));
    if (wish.to < wish.from) return answer(base::invalid("the period ends before it begins").at("/to"));
    // Whole seconds are kept: what happened just before is in it.
    wish.to = std::min<base::TimePoint>(wish.to, std::chrono::ceil<std::chrono::seconds>(now));
    if (auto selection = registry_.selection(actor, wish.query); !selection.ok())
        return answer(std::move(selection).error());
    context_.background.post([this, actor, wish = std::move(wish), answer = std::move(answer)] {
        std::error_code error;
        std::size_t count = 0;
        for (const auto& entry : fs::directory_iterator(folder_, error))
            count += entry.path().extension() == ".tar" ? 1 : 0;
        if (count >= kMostPacks)
            return answer(base::conflict("there are 50 packs; remove one first: oakum evidence rm FILE"));
        EvidenceOrder order{.standard = wish.standard,
                            .from = wish.from,
                            .to = wish.to,
                            .query = wish.query,
                            .user = actor.user,
                            .file = "evidence-" + wish.standard + "-" + day_of(wish.from) + "-" +
                                    day_of(wish.to) + "-" +
                                    context_.core.ids.next_as<access::TokenId>().text() + ".tar",
                            .scope = {},
                            .rollouts = {},
                            .releases = {},
                            .exceptions = {}};
        const std::string what = order.standard + " from " + day_of(order.from) + " to " + day_of(order.to) +
                                 (order.query.empty() ? "" : ", " + order.query);
        jobs_.enqueue(tenant_of(actor), std::string(kKind), "waiting to gather " + order.file, order.text(),
                      {actor.text(), "evidence.make", "evidence " + order.file, "", what, wish.why},
                      as_job(context_, tenant_of(actor), answer));
    });
}

void EvidenceService::list(const access::Actor& actor, api::PageRequest page,
                           api::Answer<api::Page<api::EvidencePack>> answer) {
    if (auto may = fleet::may_do(actor, access::Action::audit_read); !may.ok())
        return answer(std::move(may).error());
    context_.background.post([this, page, answer = std::move(answer)] {
        std::vector<api::EvidencePack> packs;
        std::error_code error;
        for (const auto& entry : fs::directory_iterator(folder_, error))
            if (is_file_name(entry.path().filename().string()))
                if (auto pack = read_pack(entry.path()); pack.ok()) packs.push_back(std::move(*pack));
        std::ranges::sort(packs, [](const auto& a, const auto& b) { return a.made > b.made; });
        answer(page_of(std::move(packs), page));
    });
}

void EvidenceService::file(const access::Actor& actor, std::string name, api::Answer<File> answer) {
    if (auto may = fleet::may_do(actor, access::Action::audit_read); !may.ok())
        return answer(std::move(may).error());
    context_.background.post([this, name = std::move(name), answer = std::move(answer)] {
        std::error_code error;
        const fs::path path = folder_ / name;
        if (!is_file_name(name) || !fs::is_regular_file(path, error))
            return answer(base::not_found("there is no evidence pack of that name").at("id"));
        answer(File{path, fs::file_size(path, error)});
    });
}

void EvidenceService::remove(const access::Actor& actor, std::string name,
                             api::Answer<base::Nothing> answer) {
    if (auto may = fleet::may_do(actor, access::Action::backup_create); !may.ok())
        return answer(std::move(may).error());
    std::error_code error;
    if (!is_file_name(name) || !fs::is_regular_file(folder_ / name, error))
        return answer(base::not_found("there is no evidence pack of that name").at("id"));
    context_.core.writer.submit(
        shard::control_of(tenant_of(actor)), shard::Priority::person,
        [actor, name](shard::Transaction& transaction) -> base::Status {
            transaction.audit({actor.text(), "evidence.remove", "evidence " + name, "", "", ""});
            return {};
        },
        [this, name, answer = std::move(answer)](base::Status status) {
            if (!status.ok()) return answer(std::move(status).error());
            std::error_code ignored;
            fs::remove(folder_ / name, ignored);
            fs::remove((folder_ / name).replace_extension(".json"), ignored);
            answer(base::Nothing{});
        });
}

void EvidenceService::key(const access::Actor& actor, api::Answer<api::EvidenceKey> answer) {
    if (auto may = fleet::may_do(actor, access::Action::audit_read); !may.ok())
        return answer(std::move(may).error());
    const auto key = key_.info();
    if (!key.ok()) return answer(key.error());
    answer(api::EvidenceKey{evidence::key_id(key->public_key), evidence::key_pem(key->public_key)});
}

std::vector<api::EvidenceStandard> EvidenceService::standards() const {
    return {evidence_standards().begin(), evidence_standards().end()};
}

// One whose description cannot be read is left alone.
std::vector<fs::path> EvidenceService::made_before(base::TimePoint before) const {
    std::vector<fs::path> found;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder_, error)) {
        if (!is_file_name(entry.path().filename().string())) continue;
        const auto pack = read_pack(entry.path());
        if (pack.ok() && pack->made < before) found.push_back(entry.path());
    }
    return found;
}

std::uint64_t EvidenceService::older(base::TimePoint before) const {
    return made_before(before).size();
}

base::Result<std::uint64_t> EvidenceService::remove_older(base::TimePoint before) {
    std::uint64_t removed = 0;
    for (const fs::path& pack : made_before(before)) {
        std::error_code error;
        fs::remove(pack, error);
        if (error) return base::unavailable(pack.filename().string() + ": " + error.message());
        fs::remove(fs::path(pack).replace_extension(".json"), error);
        ++removed;
    }
    return removed;
}

} // namespace oakum::server
