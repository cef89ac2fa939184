// SPDX-License-Identifier: Apache-2.0
#include <shard/overlay.hpp>

namespace oakum::shard {

void Overlay::put(Place place, const ports::Row& row) {
    std::visit(
        [&]<class R>(const R& value) {
            if constexpr (kIsControlRow<R>) {
                std::get<Table<R>>(control)[{place.tenant, Keyed<R>::of(value)}] =
                    std::make_shared<const R>(value);
            } else if constexpr (std::is_same_v<R, ports::DeviceRow>) {
                devices.insert_or_assign({place.tenant, value.id}, value);
            } else if constexpr (std::is_same_v<R, ports::FactRow>) {
                facts.insert_or_assign({{place.tenant, value.device}, value.fact.key}, value.fact);
            } else if constexpr (std::is_same_v<R, ports::DeploymentRow>) {
                deployments.insert_or_assign({{place.tenant, value.device}, value.id}, value);
            } else if constexpr (std::is_same_v<R, ports::GateCountRow>) {
                gates.insert_or_assign({place, value.rollout, value.wave, value.stratum}, value.counts);
            } else {
                // Append-only rows, intervals and immutable ones: no command decides by their tentative
                // state.
            }
        },
        row);
}

void Overlay::absorb(Overlay&& newer) {
    const auto take = [](auto& into, auto& from) {
        for (auto& [key, value] : from)
            into.insert_or_assign(key, std::move(value));
    };
    std::apply(
        [&](auto&... from) { (take(std::get<std::remove_reference_t<decltype(from)>>(control), from), ...); },
        newer.control);
    take(devices, newer.devices);
    take(facts, newer.facts);
    take(deployments, newer.deployments);
    take(gates, newer.gates);
    newer.clear();
}

} // namespace oakum::shard
