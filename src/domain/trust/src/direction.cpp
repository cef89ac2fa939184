// SPDX-License-Identifier: Apache-2.0
#include <trust/direction.hpp>

#include <trust/limits.hpp>
#include <trust/verify.hpp>

#include <algorithm>

namespace oakum::trust {
namespace {

// Ids of devices are letters and digits, so JSON spells them as they are.
std::string device_json(std::string_view device) {
    return "\"" + std::string(device) + "\"";
}

bool is_for(const Targets& direction, std::string_view device) {
    const auto member = direction.header.unknown.find(std::string(kDeviceMember));
    return member != direction.header.unknown.end() && member->second == device_json(device);
}

Refusal refuse(Attack attack, std::string why) {
    return {attack, base::denied("the director's permission: " + std::move(why))};
}

} // namespace

Targets draft_direction(const std::string& device, const std::optional<Permission>& permission,
                        std::uint64_t number, base::TimePoint now, base::Duration life) {
    Targets direction;
    const std::int64_t seconds = std::max<std::int64_t>(base::unix_seconds(now), 1);
    direction.header.version = std::max(number, static_cast<std::uint64_t>(seconds));
    direction.header.expires = std::chrono::floor<std::chrono::seconds>(now + std::max(kDirectionLife, life));
    direction.header.unknown.emplace(kDeviceMember, device_json(device));
    if (!permission) return direction;
    TargetFile file = permission->file;
    file.direction = Direction{device, permission->rollout, permission->wave,
                               std::chrono::floor<std::chrono::seconds>(now + life)};
    direction.files.emplace(permission->path, std::move(file));
    return direction;
}

bool is_directors(const Root& root, const Signed<Targets>& stored, std::string_view device) {
    return is_for(stored.document, device) && verify_threshold(root.keys, root.signers(Role::director),
                                                               stored.canonical, stored.signatures, "stored")
                                                  .ok();
}

std::optional<Refusal> check_direction(const Root& root, const Signed<Targets>& said, const Targets* before,
                                       std::string_view device, base::TimePoint now) {
    const Targets& direction = said.document;
    if (auto is_signed = verify_threshold(root.keys, root.signers(Role::director), said.canonical,
                                          said.signatures, "the director's permission");
        !is_signed.ok())
        return Refusal{Attack::unapproved, is_signed.error()};
    if (!is_for(direction, device)) return refuse(Attack::wrong_device, "it is for another device");
    if (direction.delegations || direction.files.size() > 1)
        return refuse(Attack::unapproved, "it has delegations, or more than one file");
    if (before != nullptr && direction.header.version < before->header.version)
        return refuse(Attack::rollback,
                      "version " + std::to_string(direction.header.version) + " is older than version " +
                          std::to_string(before->header.version) + ", which was followed before");
    if (direction.header.expires <= now)
        return refuse(Attack::replay, "it expired at " + base::to_iso8601(direction.header.expires));
    return std::nullopt;
}

std::variant<base::TimePoint, NotPermitted, Refusal>
permitted_until(const Targets& direction, std::string_view device, const std::string& path,
                const TargetFile& image, base::TimePoint now) {
    const auto found = direction.files.find(path);
    if (found == direction.files.end()) return NotPermitted{};
    const TargetFile& file = found->second;
    if (!file.direction || file.direction->device != device)
        return refuse(Attack::wrong_device, "its file is for another device");
    if (file.length != image.length || file.hashes != image.hashes || file.terms != image.terms)
        return refuse(Attack::mix_and_match,
                      "it says another length, hash or terms of " + path + " than the list of releases");
    if (!file.direction->not_after || *file.direction->not_after <= now)
        return refuse(Attack::replay,
                      file.direction->not_after
                          ? "it was good until " + base::to_iso8601(*file.direction->not_after)
                          : "it does not say until when it is good");
    return std::min(*file.direction->not_after, direction.header.expires);
}

} // namespace oakum::trust
