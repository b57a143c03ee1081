using System.Text;
using Hufu.Contracts;
using Hufu.Crypto;
using Hufu.Pki;
using Hufu.Records;

namespace Hufu.Ra.Notices;

/// <summary>Notices are kept with their delivery state and their letter; address and body lie sealed: the one is private (7.2.4-a), the other may carry a code.</summary>
internal static class NoticeStore
{
    public const string Mail = "mail";
    public const string Sms = "sms";

    /// <summary>Printed at the counter, not sent.</summary>
    public const string Counter = "counter";

    private const int MostRows = 200;

    public static string Add(Session session, IDataCipher cipher, string application, string address, NoticePaper paper, long now, string channel = Mail)
    {
        var id = SecureRandom.NewId();
        session.Execute(
            """
            INSERT INTO ra_notices (id, application, address, subject, body, state, tries, next_at, made_at, channel, template, letter)
            VALUES (@Id, @Application, @Address, @Subject, @Body, 'waiting', 0, @Now, @Now, @Channel, @Template, @Letter)
            """,
            new
            {
                Id = id, Application = application, Address = Seal(cipher, id, "address", address), paper.Subject, Body = Seal(cipher, id, "body", paper.Body), Now = now, Channel = channel, paper.Template,
                Letter = paper.Letter && channel != Sms ? "" : null,
            });
        return id;
    }

    public static string Open(IDataCipher cipher, string id, string part, byte[] content) => Encoding.UTF8.GetString(cipher.Open(content, Encoding.ASCII.GetBytes($"{id}/{part}")));

    private static byte[] Seal(IDataCipher cipher, string id, string part, string content) => cipher.Seal(Encoding.UTF8.GetBytes(content), Encoding.ASCII.GetBytes($"{id}/{part}"));

    public static IReadOnlyList<Notice> Due(Session session, long now) => session.Query<Notice>(
        "SELECT id, application, address, subject, body, tries, channel, template, letter, made_at FROM ra_notices WHERE state = 'waiting' AND next_at <= @Now ORDER BY next_at LIMIT 50", new { Now = now });

    public static void Sent(Session session, string id, long now) =>
        session.Execute("UPDATE ra_notices SET state = 'sent', sent_at = @Now, tries = tries + 1 WHERE id = @Id", new { Id = id, Now = now });

    /// <summary>The letter lies in the evidence store.</summary>
    public static void Printed(Session session, string id, string digest) =>
        session.Execute("UPDATE ra_notices SET letter = @Digest, state = CASE channel WHEN 'counter' THEN 'printed' ELSE state END WHERE id = @Id", new { Id = id, Digest = digest });

    public static void Failed(Session session, string id, long nextAt, bool givenUp) => session.Execute(
        "UPDATE ra_notices SET state = @State, next_at = @NextAt, tries = tries + 1 WHERE id = @Id", new { Id = id, NextAt = nextAt, State = givenUp ? "failed" : "waiting" });

    /// <summary>What was told about an application, oldest first; without bodies and addresses.</summary>
    public static IReadOnlyList<NoticeRow> Of(Session session, string application) =>
    [
        .. session.Query<Notice>(
            $"SELECT id, application, subject, state, tries, channel, template, letter, made_at, sent_at FROM ra_notices WHERE application = @Application ORDER BY made_at, id LIMIT {MostRows}", new { Application = application })
            .Select(row => new NoticeRow(
                row.Id, row.Template, row.Channel, row.Subject, row.State, (int)row.Tries, DateTimeOffset.FromUnixTimeMilliseconds(row.MadeAt),
                row.SentAt is { } at ? DateTimeOffset.FromUnixTimeMilliseconds(at) : null, string.IsNullOrEmpty(row.Letter) ? null : row.Letter)),
    ];

    internal sealed class Notice
    {
        public string Id { get; set; } = "";

        public string Application { get; set; } = "";

        public byte[] Address { get; set; } = [];

        public string Subject { get; set; } = "";

        public byte[] Body { get; set; } = [];

        public string State { get; set; } = "";

        public long Tries { get; set; }

        public string Channel { get; set; } = Mail;

        public string? Template { get; set; }

        /// <summary>Null: none is wanted; empty: to be printed; else the digest under which it lies.</summary>
        public string? Letter { get; set; }

        public long MadeAt { get; set; }

        public long? SentAt { get; set; }
    }
}
