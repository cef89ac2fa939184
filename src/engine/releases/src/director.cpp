// SPDX-License-Identifier: Apache-2.0
#include <releases/director.hpp>

#include <metadata/write.hpp>
#include <trust/verify.hpp>

#include <utility>

namespace oakum::releases {

using device::TenantId;
using shard::DeviceKey;

base::Result<std::shared_ptr<const Director::Listed>> Director::listed(TenantId tenant) {
    std::string stamp = repository_.stamp(tenant);
    if (stamp.empty()) return base::unavailable("nothing was signed yet");
    {
        base::Lock lock(mutex_);
        const auto found = listed_.find(tenant);
        if (found != listed_.end() && found->second->stamp == stamp) return found->second;
    }
    TRY_VALUE(trust::RepositoryState state, repository_.state(tenant));
    auto fresh = std::make_shared<Listed>();
    fresh->stamp = std::move(stamp);
    fresh->root = std::move(state.root);
    // The top-level list first: what it says of a path holds.
    fresh->files = std::move(state.targets["targets"].files);
    for (auto& [role, targets] : state.targets)
        fresh->files.merge(targets.files);
    base::Lock lock(mutex_);
    listed_[tenant] = fresh;
    return std::shared_ptr<const Listed>(std::move(fresh));
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

base::Result<std::string> Director::direction(const fleet::DeviceActor& device) {
    TRY_VALUE(const std::shared_ptr<const Listed> list, listed(device.tenant));
    if (!list->root.has_director()) return base::not_found("the root of trust names no director");
    const auto row = core_.fleet.device(device.key());
    if (!row) return base::not_found("there is no such device");

    std::optional<trust::Permission> permission;
    std::string deployment; // with its attempt
    if (const auto offer = offers_.present(device); offer && !offer->withdrawn) {
        const auto file = list->files.find(offer->target_path);
        const auto under_way = core_.fleet.deployment(device.key(), row->deployment);
        if (file != list->files.end() && under_way) {
            permission = trust::Permission{offer->target_path, file->second, under_way->rollout.text(),
                                           under_way->wave};
            deployment = offer->deployment + "/" + std::to_string(offer->attempt);
        }
    }
    const base::TimePoint now = core_.clock.now();
    {
        base::Lock lock(mutex_);
        for (const Directions* generation : {&younger_, &older_}) {
            const auto found = generation->find(device.key());
            if (found == generation->end()) continue;
            const Kept& kept = found->second;
            if (kept.listed == list && kept.deployment == deployment && kept.number == row->desired_number &&
                now < kept.until)
                return kept.text;
            break;
        }
    }
    if (const auto doubt = repository_.doubt()) return base::unavailable(*doubt);
    TRY_VALUE(std::string text, sign(list->root, trust::draft_direction(device.device.text(), permission,
                                                                        row->desired_number, now)));
    keep(device.key(),
         {list, std::move(deployment), row->desired_number, now + trust::kPermissionLife / 2, text});
    return text;
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
