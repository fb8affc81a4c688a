/*
 * layout.c: lays out an output and its rows.
 */
#include "postgres.h"
#include "catalog/pg_type.h"

#include "output/layout.h"

static void
add_column(GeOutputLayout *layout, GeOutputColumn column, GeFieldKind kind, int index)
{
	layout->columns[layout->n_columns] = column;
	layout->fields[layout->n_columns++] = (GeOutputField){kind, index};
}

static void
add_code(GeOutputLayout *layout, const char *name, int column)
{
	add_column(layout, (GeOutputColumn){name, INT4OID, -1, InvalidOid}, GE_FIELD_CODE,
			   column);
}

static void
add_passed(GeOutputLayout *layout, Form_pg_attribute attribute)
{
	layout->needed = bms_add_member(layout->needed, attribute->attnum);
	add_column(layout,
			   (GeOutputColumn){NameStr(attribute->attname), attribute->atttypid,
								attribute->atttypmod, attribute->attcollation},
			   GE_FIELD_PASS, attribute->attnum - 1);
}

/* The source's columns; codes replace label columns if there is no suffix. */
static void
add_source_columns(GeOutputLayout *layout, const GePlan *plan, TupleDesc desc,
				   bool replace)
{
	for (int i = 0; i < desc->natts; i++)
	{
		Form_pg_attribute attribute = TupleDescAttr(desc, i);
		int column;

		if (attribute->attisdropped)
			continue;
		column = ge_plan_find_column(plan, NameStr(attribute->attname));
		if (replace && column >= 0 && plan->columns[column].is_label)
			add_code(layout, NameStr(attribute->attname), column);
		else
			add_passed(layout, attribute);
	}
}

GeOutputLayout *
ge_output_layout_create(const GePlan *plan, int source, const char *label_suffix,
						const char *te_suffix)
{
	GeOutputLayout *layout = palloc0_object(GeOutputLayout);
	TupleDesc desc = ge_source_desc(plan->sources[source].source);
	int max_columns = desc->natts + plan->n_columns + plan->n_outputs;
	bool replace = label_suffix[0] == '\0';

	layout->columns = palloc_array(GeOutputColumn, max_columns + 1);
	layout->fields = palloc_array(GeOutputField, max_columns + 1);
	add_source_columns(layout, plan, desc, replace);
	for (int i = 0; i < plan->n_columns && !replace; i++)
		if (plan->columns[i].is_label)
			add_code(
				layout,
				psprintf("%s%s",
						 ge_output_base(&plan->columns[i].options, plan->columns[i].name),
						 label_suffix),
				i);
	for (int o = 0; o < plan->n_outputs; o++)
		add_column(
			layout,
			(GeOutputColumn){ge_plan_output_name(plan, o, te_suffix),
							 plan->options.encodings_are_float4 ? FLOAT4OID : FLOAT8OID,
							 -1, InvalidOid},
			GE_FIELD_ENCODING, o);
	return layout;
}

static Datum
encoding_datum(const GeResultColumn *column, uint32 at)
{
	return column->floats != NULL ? Float4GetDatum(column->floats[at])
								  : Float8GetDatum(column->encodings[at]);
}

void
ge_output_layout_row(const GeOutputLayout *layout, const GeResultRow *row, Datum *values,
					 bool *is_null)
{
	for (int i = 0; i < layout->n_columns; i++)
	{
		int index = layout->fields[i].index;

		switch (layout->fields[i].kind)
		{
			case GE_FIELD_PASS:
				values[i] = row->row.values[index];
				is_null[i] = row->row.is_null[index];
				break;
			case GE_FIELD_CODE:
				values[i] = Int32GetDatum(row->codes[index].codes[row->at]);
				is_null[i] = row->codes[index].is_null[row->at];
				break;
			case GE_FIELD_ENCODING:
				values[i] = encoding_datum(&row->encodings[index], row->at);
				is_null[i] = row->encodings[index].is_null[row->at];
				break;
		}
	}
}
