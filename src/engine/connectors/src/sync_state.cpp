// SPDX-License-Identifier: Apache-2.0
#include "sync_job.hpp"

#include <source/timing.hpp>

namespace oakum::connectors {

base::Status note_ending(shard::Transaction& transaction, const Ending& ending) {
    const std::string document = std::string(kStatePrefix) + ending.name;
    const std::string body = transaction.document(std::string(kConnectorPrefix) + ending.name);
    if (body.empty()) return {}; // removed meanwhile
    TRY_VALUE(const connector::Connector its, connector_of(ending.name, body));
    ConnectorState state = state_of(transaction.document(document)).value_or(ConnectorState{});
    const base::TimePoint now = transaction.now();
    state.tried = now;
    state.error = ending.error;
    state.refused = ending.refused;
    if (ending.figures) state.figures = *ending.figures;
    if (ending.missing) state.missing = *ending.missing;
    if (ending.error.empty()) {
        state.synced = now;
        state.failing.reset();
        state.failures = 0;
        state.next = source::next_after_success(now, its.every, ending.dice);
    } else {
        if (!state.failing) state.failing = now;
        ++state.failures;
        state.next =
            source::next_after_failure(now, its.every, state.failures, ending.retry_after, ending.dice);
    }
    transaction.put(ports::DocumentRow{document, to_document(state)});
    transaction.change("connector", ending.name);
    return {};
}

} // namespace oakum::connectors
