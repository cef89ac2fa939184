// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/bytes.hpp>
#include <base/time.hpp>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

struct sqlite3;
struct sqlite3_stmt;

namespace oakum::sqlite {

class Connection;

// One prepared statement of a connection, which must outlive it. Bound text and blobs are not copied: they
// stay until the next reset. A failed bind is reported by the step after it.
class Statement {
  public:
    void bind_null(int index);
    void bind(int index, std::int64_t value);
    void bind(int index, std::string_view text);
    void bind(int index, base::ByteView blob);
    // True while there is a row to read. Errors: as Connection says; a broken constraint is a conflict.
    base::Result<bool> step();
    // Steps to the end of a statement that gives no rows, and resets it.
    base::Status run();
    void reset();

    bool is_null(int column) const;
    std::int64_t integer(int column) const;
    // Valid until the next step.
    std::string_view text(int column) const;
    base::ByteView blob(int column) const;
    int columns() const;

  private:
    friend class Connection;
    struct Finalize {
        void operator()(sqlite3_stmt* statement) const;
    };
    Statement(const Connection* connection, sqlite3_stmt* statement)
        : connection_(connection), handle_(statement) {}
    const Connection* connection_;
    std::unique_ptr<sqlite3_stmt, Finalize> handle_;
    int bind_error_ = 0;
};

enum class Access { write, read };

struct ConnectionOptions {
    std::filesystem::path file;
    std::string vfs; // empty: the default
    Access access = Access::write;
    bool synchronous = true;
    std::size_t cache_bytes = 8 << 20;
    base::Duration busy_timeout{};
};

// One SQLite connection with the pragmas that every connection of ours has. Used by one thread at a time.
class Connection {
  public:
    // Makes the file if there is none, and access is write; readable by its owner alone.
    // Errors: unavailable (disk full, no permission, held by another process: each says what to do), corrupt.
    static base::Result<std::unique_ptr<Connection>> open(const ConnectionOptions& options);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    base::Status execute(const char* sql);
    base::Result<Statement> prepare(std::string_view sql);
    // Kept for the life of the connection, reset, ready to bind.
    base::Result<Statement*> cached(const std::string& sql);
    // Of the statement that ran last.
    std::int64_t changed_rows() const;
    bool in_transaction() const;
    base::Result<std::int64_t> integer(std::string_view sql);
    base::Error error(int code) const;
    sqlite3* handle() const { return handle_; }

  private:
    explicit Connection(std::filesystem::path file) : file_(std::move(file)) {}
    std::filesystem::path file_;
    sqlite3* handle_ = nullptr;
    std::unordered_map<std::string, Statement> statements_;
};

// Rolls back unless committed.
class Transaction {
  public:
    explicit Transaction(Connection& connection) : connection_(connection) {}
    ~Transaction();
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;
    // Takes the write lock at once.
    base::Status begin_write();
    // One consistent view of the whole file for all that is read until the end.
    base::Status begin_read();
    base::Status commit();

  private:
    Connection& connection_;
    bool open_ = false;
};

} // namespace oakum::sqlite
