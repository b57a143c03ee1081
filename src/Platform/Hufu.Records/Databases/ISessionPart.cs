namespace Hufu.Records;

/// <summary>What is kept in memory beside a database and follows the writer's works; called on the writer's thread only.</summary>
internal interface ISessionPart
{
    /// <summary>After all works of a group and before its commit, once for each work that joined; when it throws, the group fails.</summary>
    /// <param name="last">A session of the group's transaction.</param>
    void Committing(Session last);

    /// <summary>The group is durable; once for each work that joined.</summary>
    void Committed();

    /// <summary>A work that joined is rolled back, alone or with its group, the last first.</summary>
    /// <param name="mark">What the work gave when it joined.</param>
    void RolledBack(int mark);
}
