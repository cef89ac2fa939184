// SPDX-License-Identifier: Apache-2.0
#include <ports/store.hpp>

namespace oakum::ports {

bool outlived(const IdempotencyRow& row, const Retention& retention) {
    return row.at < retention.idempotency_before;
}

bool outlived(const TokenRow& row, const Retention& retention) {
    const bool short_lived = row.kind == TokenKind::session || row.kind == TokenKind::sign_in;
    return row.expires < (short_lived ? retention.sessions_before : retention.tokens_before);
}

bool outlived(const JobRow& row, const Retention& retention) {
    return row.ended && *row.ended < retention.jobs_before;
}

bool outlived(const AlarmRow& row, const Retention& retention) {
    return row.closed && *row.closed < retention.alarms_before;
}

bool outlived(const MessageRow& row, const Retention& retention) {
    return row.ended && *row.ended < retention.messages_before;
}

bool outlived(const EditRow& row, const Retention& retention) {
    return row.created < retention.edits_before;
}

} // namespace oakum::ports
