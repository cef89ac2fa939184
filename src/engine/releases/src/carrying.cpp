// SPDX-License-Identifier: Apache-2.0
#include <releases/carrying.hpp>

#include <metadata/write.hpp>
#include <trust/names.hpp>

#include <algorithm>

namespace oakum::releases {

base::Result<Carrying::Metadata> Carrying::metadata(device::TenantId tenant) const {
    if (const auto doubt = repository_.doubt()) return base::unavailable(*doubt);
    TRY_VALUE(trust::RepositoryState state, repository_.state(tenant));
    Metadata metadata;
    const auto add = [&](const std::string& name) -> base::Status {
        auto text = repository_.file(tenant, name);
        if (!text) return base::unavailable(name + " was just replaced; ask again");
        metadata.files.push_back({name, std::move(*text)});
        return {};
    };
    for (std::uint64_t version = 1; version <= state.root.header.version; ++version)
        TRY(add(trust::served_name("root", version)));
    TRY(add(trust::served_name("snapshot", state.snapshot.header.version)));
    metadata.ends = state.root.header.expires;
    for (const auto& [role, targets] : state.targets) {
        TRY(add(trust::served_name(role, targets.header.version)));
        metadata.ends = std::min(metadata.ends, targets.header.expires);
    }
    TRY(add(trust::local_name("timestamp")));
    metadata.timestamp = metadata.files.back().text;
    metadata.timestamp_version = state.timestamp.header.version;
    metadata.root = std::move(state.root);
    return metadata;
}

base::Result<Carrying::Packed> Carrying::pack(const Metadata& metadata, const fleet::DeviceActor& device,
                                              std::string answer, const base::Digest256& artifact,
                                              base::TimePoint until) const {
    Packed packed;
    if (metadata.root.has_director()) {
        TRY_VALUE(packed.direction, director_.carried(device, until));
    }
    const base::TimePoint now = core_.clock.now();
    const std::string text = metadata::encode(trust::draft_order(
        device.device.text(), metadata.timestamp_version, base::as_bytes(metadata.timestamp), artifact,
        std::move(answer), now, until - now));
    TRY_VALUE(const base::Bytes message, metadata::canonical(text));
    const std::string role(trust::to_string(trust::Role::timestamp));
    const trust::Signers& signers = metadata.root.signers(trust::Role::timestamp);
    TRY_VALUE(const auto signatures,
              metadata::sign_with([this](const std::string& of, const trust::KeyId& key,
                                         base::ByteView what) { return signer_.sign(of, key.get(), what); },
                                  role, signers.keys, message));
    if (signatures.size() < signers.threshold)
        return base::unavailable("too few keys of timestamps are in keys/online");
    packed.order = std::string(base::as_text(metadata::envelope(text, signatures)));
    return packed;
}

} // namespace oakum::releases
