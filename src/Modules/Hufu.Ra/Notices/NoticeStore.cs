using System.Text;
using Hufu.Crypto;
using Hufu.Pki;
using Hufu.Records;

namespace Hufu.Ra.Notices;

/// <summary>Notices are kept with their delivery state; the body lies sealed because it may carry a code.</summary>
internal static class NoticeStore
{
    public static void Add(Session session, IDataCipher cipher, string application, string address, (string Subject, string Body) text, long now)
    {
        var id = SecureRandom.NewId();
        session.Execute(
            """
            INSERT INTO ra_notices (id, application, address, subject, body, state, tries, next_at, made_at)
            VALUES (@Id, @Application, @Address, @Subject, @Body, 'waiting', 0, @Now, @Now)
            """,
            new { Id = id, Application = application, Address = address, text.Subject, Body = cipher.Seal(Encoding.UTF8.GetBytes(text.Body), Encoding.ASCII.GetBytes(id)), Now = now });
    }

    public static IReadOnlyList<Notice> Due(Session session, long now) => session.Query<Notice>(
        "SELECT id, application, address, subject, body, tries FROM ra_notices WHERE state = 'waiting' AND next_at <= @Now ORDER BY next_at LIMIT 50", new { Now = now });

    public static void Sent(Session session, string id, long now) =>
        session.Execute("UPDATE ra_notices SET state = 'sent', sent_at = @Now, tries = tries + 1 WHERE id = @Id", new { Id = id, Now = now });

    public static void Failed(Session session, string id, long nextAt, bool givenUp) => session.Execute(
        "UPDATE ra_notices SET state = @State, next_at = @NextAt, tries = tries + 1 WHERE id = @Id", new { Id = id, NextAt = nextAt, State = givenUp ? "failed" : "waiting" });

    internal sealed class Notice
    {
        public string Id { get; set; } = "";

        public string Application { get; set; } = "";

        public string Address { get; set; } = "";

        public string Subject { get; set; } = "";

        public byte[] Body { get; set; } = [];

        public long Tries { get; set; }
    }
}
