// SPDX-License-Identifier: Apache-2.0
#include "connection.hpp"

#include "durable.hpp"

#include <sqlite3.h>

#include <cerrno>
#include <cstring>
#include <system_error>

namespace oakum::sqlite {

namespace {
// Rows and statements stay far below; a larger value is refused by SQLite before memory is spent.
constexpr int kLongestValue = 64 << 20;

bool disk_is_full(int code, int system_error) {
    return (code & 0xff) == SQLITE_FULL ||
           ((code & 0xff) == SQLITE_IOERR &&
            (system_error == ENOSPC || system_error == EDQUOT || system_error == EFBIG));
}

// Why the operating system refused. SQLite itself forgets it when a COMMIT fails, so the files are asked.
int system_error_of(sqlite3* handle) {
    if (handle == nullptr) return 0;
    if (const int known = sqlite3_system_errno(handle); known != 0) return known;
    for (const int which : {SQLITE_FCNTL_JOURNAL_POINTER, SQLITE_FCNTL_FILE_POINTER}) {
        sqlite3_file* file = nullptr;
        int number = 0;
        if (sqlite3_file_control(handle, "main", which, static_cast<void*>(&file)) == SQLITE_OK &&
            file != nullptr && file->pMethods != nullptr &&
            file->pMethods->xFileControl(file, SQLITE_FCNTL_LAST_ERRNO, &number) == SQLITE_OK && number != 0)
            return number;
    }
    return 0;
}
} // namespace

base::Error Connection::error(int code) const {
    const int system_error = (code & 0xff) == SQLITE_IOERR ? system_error_of(handle_) : 0;
    const std::string file = file_.string();
    const std::string words = handle_ == nullptr ? sqlite3_errstr(code) : sqlite3_errmsg(handle_);
    if (disk_is_full(code, system_error))
        return base::unavailable(
            "there is no room to write " + file +
            ": free space on its disk or raise the limit on its size, then try again; nothing of "
            "this change was stored, and nothing stored before was lost");
    switch (code & 0xff) {
    case SQLITE_IOERR: {
        const std::string why = system_error != 0 ? std::generic_category().message(system_error)
                                                  : "SQLite " + std::to_string(code);
        return base::unavailable(
            "the disk failed under " + file + " (" + why +
            "): look at the disk and the system's log, then try again; nothing of this change was stored");
    }
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return base::unavailable("another process holds " + file + ": end it, or wait, then try again");
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_READONLY:
    case SQLITE_AUTH:
        return base::unavailable(file + " cannot be opened for writing: look at its owner and permissions (" +
                                 words + ")");
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return base::corrupt(file + " is damaged or not a store of Oakum: restore a backup (" + words + ")");
    case SQLITE_NOMEM:
        return base::unavailable("out of memory while using " + file);
    case SQLITE_TOOBIG:
        return base::too_large("a value is larger than 64 MiB");
    case SQLITE_CONSTRAINT:
        if (code == SQLITE_CONSTRAINT_FOREIGNKEY)
            return base::invalid("a row refers to a device that is not stored");
        if (code == SQLITE_CONSTRAINT_PRIMARYKEY || code == SQLITE_CONSTRAINT_UNIQUE)
            return base::conflict("a row of this key is already stored (" + words + ")");
        return base::bug("SQLite: " + words);
    default:
        return base::bug("SQLite: " + words);
    }
}

base::Result<std::unique_ptr<Connection>> Connection::open(const ConnectionOptions& options) {
    std::unique_ptr<Connection> connection(new Connection(options.file));
    if (options.access == Access::write && options.vfs.empty()) TRY(create_private_file(options.file));
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE |
                      (options.access == Access::write ? SQLITE_OPEN_CREATE : 0);
    const int code = sqlite3_open_v2(options.file.c_str(), &connection->handle_, flags,
                                     options.vfs.empty() ? nullptr : options.vfs.c_str());
    if (code != SQLITE_OK) return connection->error(code);
    sqlite3_extended_result_codes(connection->handle_, 1);
    sqlite3_busy_timeout(connection->handle_, static_cast<int>(options.busy_timeout.count()));
    sqlite3_limit(connection->handle_, SQLITE_LIMIT_LENGTH, kLongestValue);
    sqlite3_limit(connection->handle_, SQLITE_LIMIT_ATTACHED, 0);
    sqlite3_db_config(connection->handle_, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    sqlite3_db_config(connection->handle_, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
    TRY(connection->execute("PRAGMA foreign_keys = ON; PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0"));
    const std::string cache = "PRAGMA cache_size = -" + std::to_string(options.cache_bytes / 1024);
    TRY(connection->execute(cache.c_str()));
    TRY(connection->execute(options.synchronous ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = OFF"));
    if (options.access == Access::read) TRY(connection->execute("PRAGMA query_only = ON"));
    return connection;
}

Connection::~Connection() {
    statements_.clear();
    sqlite3_close_v2(handle_);
}

base::Status Connection::execute(const char* sql) {
    const int code = sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) return error(code);
    return {};
}

base::Result<Statement> Connection::prepare(std::string_view sql) {
    sqlite3_stmt* statement = nullptr;
    const int code = sqlite3_prepare_v3(handle_, sql.data(), static_cast<int>(sql.size()),
                                        SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
    if (code != SQLITE_OK) return error(code);
    return Statement(this, statement);
}

base::Result<Statement*> Connection::cached(const std::string& sql) {
    auto found = statements_.find(sql);
    if (found == statements_.end()) {
        TRY_VALUE(Statement statement, prepare(sql));
        found = statements_.emplace(sql, std::move(statement)).first;
    }
    found->second.reset();
    return &found->second;
}

std::int64_t Connection::changed_rows() const {
    return sqlite3_changes64(handle_);
}

bool Connection::in_transaction() const {
    return sqlite3_get_autocommit(handle_) == 0;
}

base::Result<std::int64_t> Connection::integer(std::string_view sql) {
    TRY_VALUE(Statement statement, prepare(sql));
    TRY_VALUE(const bool row, statement.step());
    return row ? statement.integer(0) : 0;
}

void Statement::Finalize::operator()(sqlite3_stmt* statement) const {
    sqlite3_finalize(statement);
}

void Statement::bind_null(int index) {
    if (const int code = sqlite3_bind_null(handle_.get(), index); code != SQLITE_OK) bind_error_ = code;
}
void Statement::bind(int index, std::int64_t value) {
    if (const int code = sqlite3_bind_int64(handle_.get(), index, value); code != SQLITE_OK)
        bind_error_ = code;
}
void Statement::bind(int index, std::string_view text) {
    const char* data = text.data() == nullptr ? "" : text.data();
    const int code = sqlite3_bind_text64(handle_.get(), index, data, text.size(), SQLITE_STATIC, SQLITE_UTF8);
    if (code != SQLITE_OK) bind_error_ = code;
}
void Statement::bind(int index, base::ByteView blob) {
    const void* data = blob.data() == nullptr ? static_cast<const void*>("") : blob.data();
    const int code = sqlite3_bind_blob64(handle_.get(), index, data, blob.size(), SQLITE_STATIC);
    if (code != SQLITE_OK) bind_error_ = code;
}

base::Result<bool> Statement::step() {
    if (bind_error_ != SQLITE_OK) return connection_->error(bind_error_);
    const int code = sqlite3_step(handle_.get());
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) return false;
    return connection_->error(code);
}

base::Status Statement::run() {
    auto stepped = step();
    while (stepped.ok() && *stepped)
        stepped = step();
    reset();
    if (!stepped.ok()) return std::move(stepped).error();
    return {};
}

void Statement::reset() {
    // The step before has reported this code already.
    sqlite3_reset(handle_.get());
    bind_error_ = SQLITE_OK;
}

bool Statement::is_null(int column) const {
    return sqlite3_column_type(handle_.get(), column) == SQLITE_NULL;
}
std::int64_t Statement::integer(int column) const {
    return sqlite3_column_int64(handle_.get(), column);
}
std::string_view Statement::text(int column) const {
    const auto* data = reinterpret_cast<const char*>(sqlite3_column_text(handle_.get(), column));
    return {data == nullptr ? "" : data,
            static_cast<std::size_t>(sqlite3_column_bytes(handle_.get(), column))};
}
base::ByteView Statement::blob(int column) const {
    const auto* data = static_cast<const std::uint8_t*>(sqlite3_column_blob(handle_.get(), column));
    return {data, static_cast<std::size_t>(sqlite3_column_bytes(handle_.get(), column))};
}
int Statement::columns() const {
    return sqlite3_column_count(handle_.get());
}

Transaction::~Transaction() {
    // SQLite rolls back by itself after some errors; then there is nothing to do. A rollback that fails
    // leaves the connection in its transaction, and the next begin says so.
    if (open_ && connection_.in_transaction()) (void)connection_.execute("ROLLBACK").ok();
}
base::Status Transaction::begin_write() {
    TRY_VALUE(Statement * begin, connection_.cached("BEGIN IMMEDIATE"));
    TRY(begin->run());
    open_ = true;
    return {};
}
base::Status Transaction::begin_read() {
    TRY_VALUE(Statement * begin, connection_.cached("BEGIN"));
    TRY(begin->run());
    open_ = true;
    return {};
}
base::Status Transaction::commit() {
    TRY_VALUE(Statement * commit, connection_.cached("COMMIT"));
    TRY(commit->run());
    open_ = false;
    return {};
}

} // namespace oakum::sqlite
