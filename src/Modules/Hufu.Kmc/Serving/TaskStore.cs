using System.Text;
using Hufu.Contracts;
using Hufu.Crypto;
using Hufu.Pki.Gmt0014;
using Hufu.Records;

namespace Hufu.Kmc.Serving;

/// <summary>The answers that CAs' tasks got. A task that was carried out gets the same bytes again, however often it is asked (R03).</summary>
internal static class TaskStore
{
    /// <summary>What decides a task's answer, whatever time, validity and signature it is sent with: SM3 (hex) over kind, certificate number and holder's key of each request.</summary>
    public static string Digest(CaRequest request)
    {
        var text = new StringBuilder("hufu kmc task 1\n");
        foreach (var one in request.Requests)
        {
            var (kind, key) = one switch
            {
                ApplyKeyRequest apply => ("apply", apply.User.UserPublicKey),
                RestoreKeyRequest restore => ("restore", restore.UserPublicKey),
                _ => ("revoke", null),
            };
            text.Append(kind).Append(' ').Append(one.UserCertificateNumber).Append(' ').Append(key is null ? "-" : Convert.ToHexStringLower(key.PublicKey.Span)).Append('\n');
        }

        return Convert.ToHexStringLower(Sm3.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    /// <summary>The answer that a task got; null when it got none.</summary>
    /// <exception cref="RefusedException">StatementReplayed: the task number was used for something else.</exception>
    public static byte[]? Find(Session session, string ca, string taskNo, string digest)
    {
        var row = session.QueryFirst<TaskRow>("SELECT request_digest, respond FROM kmc_task WHERE ca = @ca AND task_no = @taskNo", new { ca, taskNo });
        return row is null || row.RequestDigest == digest
            ? row?.Respond
            : throw new RefusedException(RefusalCode.StatementReplayed, $"Task {taskNo} asked for something else before.", "taskNO");
    }

    /// <summary>Takes a kept answer away, to be replaced in the same transaction.</summary>
    /// <returns>False when another is kept meanwhile.</returns>
    public static bool Remove(Session session, string ca, string taskNo, byte[] respond) =>
        session.Execute("DELETE FROM kmc_task WHERE ca = @ca AND task_no = @taskNo AND respond = @respond", new { ca, taskNo, respond }) == 1;

    /// <summary>Keeps answers.</summary>
    public static void Add(Session session, IReadOnlyList<AnsweredTask> answered) => session.ExecuteMany(
        "INSERT INTO kmc_task (ca, task_no, request_digest, respond, answered_at) VALUES (@Ca, @TaskNo, @Digest, @Respond, @AnsweredAt)", answered);

    private sealed record TaskRow(string RequestDigest, byte[] Respond);
}

/// <summary>A row of kmc_task.</summary>
internal sealed record AnsweredTask(string Ca, string TaskNo, string Digest, byte[] Respond, long AnsweredAt);
