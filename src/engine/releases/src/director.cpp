// SPDX-License-Identifier: Apache-2.0
#include <releases/director.hpp>

#include <metadata/write.hpp>
#include <trust/verify.hpp>

#include <algorithm>
#include <charconv>
#include <utility>

namespace oakum::releases {

using device::TenantId;
using shard::DeviceKey;

namespace {

constexpr std::string_view kReservedDocument = "director/reserved";
constexpr base::Duration kDay = std::chrono::hours(24);

std::uint64_t seconds_of(base::TimePoint now) {
    return static_cast<std::uint64_t>(std::max<std::int64_t>(base::unix_seconds(now), 1));
}

std::uint64_t read_number(const std::string& body) {
    std::uint64_t number = 0;
    std::from_chars(body.data(), body.data() + body.size(), number);
    return number;
}

base::Digest256 content_of(const trust::RepositoryState& state) {
    std::string text = "root " + std::to_string(state.root.header.version);
    for (const auto& [role, file] : state.snapshot.roles)
        text += "\n" + std::to_string(file.version) + " " +
                (file.hashes.sha256 ? file.hashes.sha256->hex() : std::string()) + " " + role;
    return base::sha256(text);
}

} // namespace

std::shared_ptr<const Director::Listed> Director::listed_now(TenantId tenant, const std::string& stamp) {
    base::Lock lock(mutex_);
    const auto found = listed_.find(tenant);
    return found != listed_.end() && found->second->stamp == stamp ? found->second : nullptr;
}

base::Result<std::shared_ptr<const Director::Listed>> Director::listed(TenantId tenant) {
    std::string stamp = repository_.stamp(tenant);
    if (stamp.empty()) return base::unavailable("nothing was signed yet");
    if (auto there = listed_now(tenant, stamp)) return there;
    base::Lock loading(loading_);
    if (auto there = listed_now(tenant, stamp)) return there;
    TRY_VALUE(trust::RepositoryState state, repository_.state(tenant));
    auto fresh = std::make_shared<Listed>();
    fresh->stamp = std::move(stamp);
    fresh->content = content_of(state);
    fresh->root = std::move(state.root);
    // The top-level list first: what it says of a path holds.
    fresh->files = std::move(state.targets["targets"].files);
    for (auto& [role, targets] : state.targets)
        fresh->files.merge(targets.files);
    base::Lock lock(mutex_);
    listed_[tenant] = fresh;
    return std::shared_ptr<const Listed>(std::move(fresh));
}

void Director::reserve() {
    for (const TenantId tenant : core_.control.tenants()) {
        if (const auto list = listed(tenant); !list.ok() || !(*list)->root.has_director()) continue;
        const std::uint64_t stored =
            read_number(core_.control.document(tenant, std::string(kReservedDocument)));
        std::uint64_t wanted = kReservedSeconds;
        {
            base::Lock lock(mutex_);
            const base::Duration steady = core_.clock.steady();
            const Numbers& numbers =
                numbers_.try_emplace(tenant, Numbers{stored, stored, steady}).first->second;
            const std::uint64_t now = numbers.at(core_.clock.now(), steady);
            if (numbers.reserved > now + kReservedSeconds / 2) continue;
            wanted += now;
        }
        core_.writer.submit(
            shard::control_of(tenant), shard::Priority::terminal,
            [wanted](shard::Transaction& transaction) -> base::Status {
                transaction.put(ports::DocumentRow{std::string(kReservedDocument), std::to_string(wanted)});
                return {};
            },
            [this, tenant, wanted](base::Status kept) {
                if (!kept.ok()) return; // devices are told to come again; the next minute tries it too
                base::Lock lock(mutex_);
                numbers_[tenant].reserved = std::max(numbers_[tenant].reserved, wanted);
            });
    }
}

// Ahead of a clock that was set back it goes on at a second a second.
std::uint64_t Director::Numbers::at(base::TimePoint now, base::Duration steady) const {
    const auto passed = std::chrono::duration_cast<std::chrono::seconds>(steady - since).count();
    return std::max(seconds_of(now), least + static_cast<std::uint64_t>(std::max<std::int64_t>(passed, 0)));
}

std::optional<std::uint64_t> Director::least_version(TenantId tenant) {
    base::Lock lock(mutex_);
    const auto found = numbers_.find(tenant);
    if (found == numbers_.end()) return std::nullopt;
    const std::uint64_t version = found->second.at(core_.clock.now(), core_.clock.steady());
    return version > found->second.reserved ? std::nullopt : std::optional(version);
}

base::Result<std::string> Director::sign(const trust::Root& root, const trust::Targets& direction) const {
    const std::string text = metadata::encode(direction);
    TRY_VALUE(const base::Bytes message, metadata::canonical(text));
    const trust::Signers& signers = root.signers(trust::Role::director);
    const std::string role(trust::to_string(trust::Role::director));
    TRY_VALUE(const auto signatures,
              metadata::sign_with([this](const std::string& of, const trust::KeyId& key,
                                         base::ByteView what) { return signer_.sign(of, key.get(), what); },
                                  role, signers.keys, message));
    if (signatures.size() < signers.threshold)
        return base::unavailable("too few keys of the director are in keys/online");
    const base::Bytes bytes = metadata::envelope(text, signatures);
    return std::string(base::as_text(bytes));
}

base::Result<Director::Permitted> Director::permitted(const Listed& list,
                                                      const fleet::DeviceActor& device) const {
    const auto row = core_.fleet.device(device.key());
    if (!row) return base::not_found("there is no such device");
    Permitted permitted;
    permitted.number = row->desired_number;
    const auto offer = offers_.present(device);
    if (!offer || offer->withdrawn) return permitted;
    const auto file = list.files.find(offer->target_path);
    const auto under_way = core_.fleet.deployment(device.key(), row->deployment);
    if (file == list.files.end() || !under_way) return permitted;
    permitted.permission =
        trust::Permission{offer->target_path, file->second, under_way->rollout.text(), under_way->wave};
    permitted.deployment = offer->deployment + "/" + std::to_string(offer->attempt);
    return permitted;
}

base::Result<std::string> Director::direction(const fleet::DeviceActor& device) {
    TRY_VALUE(const std::shared_ptr<const Listed> list, listed(device.tenant));
    if (!list->root.has_director()) return base::not_found("the root of trust names no director");
    TRY_VALUE(Permitted now_permitted, permitted(*list, device));
    const base::TimePoint now = core_.clock.now();
    {
        base::Lock lock(mutex_);
        for (const Directions* generation : {&younger_, &older_}) {
            const auto found = generation->find(device.key());
            if (found == generation->end()) continue;
            const Kept& kept = found->second;
            if (kept.content == list->content && kept.deployment == now_permitted.deployment &&
                kept.number == now_permitted.number && now < kept.until)
                return kept.text;
            break;
        }
    }
    if (const auto doubt = repository_.doubt()) return base::unavailable(*doubt);
    const auto least = least_version(device.tenant);
    if (!least) return base::unavailable("the director has only just started; ask again");
    TRY_VALUE(std::string text,
              sign(list->root, trust::draft_direction(device.device.text(), now_permitted.permission,
                                                      std::max(now_permitted.number, *least), now)));
    keep(device.key(), {list->content, std::move(now_permitted.deployment), now_permitted.number,
                        now + trust::kPermissionLife / 2, text});
    return text;
}

base::Result<std::string> Director::carried(const fleet::DeviceActor& device, base::TimePoint until) {
    TRY_VALUE(const std::shared_ptr<const Listed> list, listed(device.tenant));
    if (!list->root.has_director()) return base::not_found("the root of trust names no director");
    TRY_VALUE(const Permitted now_permitted, permitted(*list, device));
    if (!now_permitted.permission) return base::conflict("its release is not in the list that is signed now");
    if (const auto doubt = repository_.doubt()) return base::unavailable(*doubt);
    const auto least = least_version(device.tenant);
    if (!least) return base::unavailable("the director has only just started; ask again");
    const base::TimePoint now = core_.clock.now();
    // Before it is signed: what is asked meanwhile is made anew and not older than this.
    forget(device.key());
    return sign(list->root, trust::draft_direction(device.device.text(), now_permitted.permission,
                                                   std::max(now_permitted.number, *least), now, until - now));
}

void Director::forget(const DeviceKey& device) {
    base::Lock lock(mutex_);
    younger_.erase(device);
    older_.erase(device);
}

void Director::keep(const DeviceKey& device, Kept kept) {
    base::Lock lock(mutex_);
    ++made_;
    if (younger_.size() >= kKept / 2) older_ = std::exchange(younger_, {});
    younger_[device] = std::move(kept);
}

std::uint64_t Director::made() const {
    base::Lock lock(mutex_);
    return made_;
}

bool Director::is_newer(const DeviceKey& device, std::uint64_t sequence) {
    base::Lock lock(mutex_);
    if (sequences_.size() >= kKept) sequences_.clear(); // the deployment still has to be the device's own
    std::uint64_t& last = sequences_[device];
    if (sequence <= last) return false;
    last = sequence;
    return true;
}

bool Director::is_to_be_noted(const DeviceKey& device, std::string what, base::TimePoint now) {
    base::Lock lock(mutex_);
    if (noted_.size() >= kKept && !noted_.contains(device)) noted_.clear();
    Noted& noted = noted_[device];
    if (now < noted.since || now - noted.since >= kDay) noted = {now, {}};
    if (noted.what.size() >= kNotedADay ||
        std::find(noted.what.begin(), noted.what.end(), what) != noted.what.end())
        return false;
    noted.what.push_back(std::move(what));
    return true;
}

void Director::take(const fleet::DeviceActor& device, Told told, std::function<void(base::Status)> done) {
    if (!is_newer(device.key(), told.sequence)) return done({});
    const auto row = core_.fleet.device(device.key());
    if (!row) return done(base::not_found("there is no such device"));
    // It asks before it begins, and says how it ended afterwards: only the latter is worth keeping.
    const auto under_way = core_.fleet.deployment(device.key(), row->deployment);
    const bool own = row->deployment == told.deployment;
    const bool ended =
        own &&
        (!under_way || (install::is_terminal(under_way->state) && told.sequence > under_way->sequence));
    if (!told.attack && !ended) return done({});
    const std::string attempt = own && under_way ? "/" + std::to_string(under_way->attempt) : "";
    if (!is_to_be_noted(device.key(),
                        told.deployment.text() + attempt + " " +
                            (told.attack ? std::string(trust::to_string(*told.attack)) : "ended"),
                        core_.clock.now()))
        return done({});
    core_.writer.submit(
        shard::place_of(device.tenant, device.device), shard::Priority::terminal,
        [id = device.device, told = std::move(told)](shard::Transaction& transaction) -> base::Status {
            if (!transaction.device(id)) return base::not_found("there is no such device");
            std::string sentence;
            if (told.attack)
                sentence =
                    "refused what it was told to install: " + std::string(trust::in_words(*told.attack)) +
                    (told.detail.empty() ? "" : " (" + told.detail + ")");
            else
                sentence = "signed that it runs " + told.running_version +
                           (told.digest.empty() ? "" : ", SHA-256 " + told.digest);
            transaction.event({id, transaction.now(), told.attack ? "attack" : "manifest",
                               told.deployment.text(), "", told.evidence, std::move(sentence)});
            if (told.attack) transaction.change("alarm", id.text(), R"({"what":"attack"})");
            return {};
        },
        std::move(done));
}

} // namespace oakum::releases
