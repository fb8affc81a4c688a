/*
 * verify.c: whether a new table is still what was asked for.
 *
 * An event trigger runs at the end of CREATE TABLE and may do anything to the new table.
 * A change that would make a wrong result is an error that names the difference: another
 * kind of relation, other columns, another persistence, rows already there, no right to
 * insert.  Triggers, constraints, rules, row security and indexes are no difference: rows
 * then go in as by INSERT (rows.c), which obeys them.
 */
#include "postgres.h"
#include "access/heapam.h"
#include "catalog/pg_attribute.h"
#include "catalog/pg_class.h"
#include "miscadmin.h"
#include "storage/bufmgr.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

#include "table/shape.h"

static void
report_difference(Relation relation, const char *difference)
{
	ereport(ERROR, errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
			errmsg("table \"%s\" is not as it was created",
				   RelationGetRelationName(relation)),
			errdetail_internal("%s", difference),
			errhint("An event trigger changed it while it was being created."));
}

const char *
ge_output_describe_column(Form_pg_attribute column)
{
	StringInfoData words;

	initStringInfo(&words);
	appendStringInfo(&words, "%s %s", quote_identifier(NameStr(column->attname)),
					 format_type_with_typemod(column->atttypid, column->atttypmod));
	if (OidIsValid(column->attcollation))
		appendStringInfo(&words, " COLLATE %s",
						 quote_identifier(get_collation_name(column->attcollation)));
	return words.data;
}

bool
ge_output_column_is(Form_pg_attribute column, Form_pg_attribute asked)
{
	return strcmp(NameStr(column->attname), NameStr(asked->attname)) == 0 &&
		   column->atttypid == asked->atttypid && column->atttypmod == asked->atttypmod &&
		   column->attcollation == asked->attcollation;
}

static void
verify_column(Relation relation, int i, Form_pg_attribute asked)
{
	Form_pg_attribute column = TupleDescAttr(RelationGetDescr(relation), i);

	if (column->attisdropped)
		report_difference(relation, psprintf("Column %d was dropped; %s was asked for.",
											 i + 1, ge_output_describe_column(asked)));
	if (!ge_output_column_is(column, asked))
		report_difference(relation, psprintf("Column %d is %s; %s was asked for.", i + 1,
											 ge_output_describe_column(column),
											 ge_output_describe_column(asked)));
	if (column->attgenerated != '\0' || column->attidentity == ATTRIBUTE_IDENTITY_ALWAYS)
		report_difference(relation,
						  psprintf("Column \"%s\" is generated, so no value can be put.",
								   NameStr(column->attname)));
}

static const char *
persistence_word(char persistence)
{
	switch (persistence)
	{
		case RELPERSISTENCE_TEMP:
			return "temporary";
		case RELPERSISTENCE_UNLOGGED:
			return "unlogged";
		default:
			return "logged";
	}
}

static void
verify_relation(Relation relation, char persistence)
{
	Oid relid = RelationGetRelid(relation);

	if (relation->rd_rel->relkind != RELKIND_RELATION)
		report_difference(relation, "It is no longer a plain table.");
	if (relation->rd_rel->relpersistence != persistence)
		report_difference(relation,
						  psprintf("It is %s; %s was asked for.",
								   persistence_word(relation->rd_rel->relpersistence),
								   persistence_word(persistence)));
	/* A changed owner matters only if the caller may no longer insert. */
	if (relation->rd_rel->relowner != GetUserId() &&
		pg_class_aclcheck(relid, GetUserId(), ACL_INSERT) != ACLCHECK_OK)
		report_difference(
			relation,
			psprintf("It belongs to \"%s\" and the current user may not insert.",
					 GetUserNameFromId(relation->rd_rel->relowner, true)));
	/* Other access methods may have blocks in an empty table. */
	if (relation->rd_tableam == GetHeapamTableAmRoutine() &&
		RelationGetNumberOfBlocks(relation) > 0)
		report_difference(relation, "It has rows already.");
}

void
ge_output_verify(Relation relation, TupleDesc shape, char persistence)
{
	int natts = RelationGetNumberOfAttributes(relation);

	verify_relation(relation, persistence);
	for (int i = 0; i < Min(natts, shape->natts); i++)
		verify_column(relation, i, TupleDescAttr(shape, i));
	if (natts != shape->natts)
		report_difference(relation, psprintf("It has %d columns; %d were asked for.",
											 natts, shape->natts));
}
